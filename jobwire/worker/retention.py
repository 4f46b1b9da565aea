"""The retention loop: one process takes away what is over for long enough."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from jobwire.jobs.clock import Clock
from jobwire.jobs.cron.forget import forget_schedules
from jobwire.jobs.inbox import forget_handled
from jobwire.jobs.retention import Prunable
from jobwire.jobs.transitions.prune import Pruned, prune
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.link import Link
from jobwire.worker.settings import WorkerSettings

#: After a full round it rests at least this many times as long as that took.
_REST = 4
#: Deliveries, or schedules, of one statement.
_ROWS = 1_000
_FORGET = {
    Prunable.DELIVERIES: forget_handled,
    Prunable.SCHEDULES: forget_schedules,
}


class RetentionLoop(ElectedLoop):
    """Takes one small batch of each kind, each in a transaction of its own.

    Args:
        pruned: Called with what was taken, and how many of it.
    """

    name = "retention"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        holder: str,
        pruned: Callable[[Prunable, int], None],
    ) -> None:
        super().__init__(link, clock, holder=holder, span=settings.duty)
        self._settings = settings
        self._pruned = pruned
        self._next_at = 0.0

    async def do_duty(self) -> float:
        """Make a round when its time has come."""
        time = asyncio.get_running_loop().time
        began = time()
        if began < self._next_at:
            return self._next_at - began
        has_more = False
        for what in Prunable:
            before = self._settings.retention.cutoff(what, self._clock.now())
            if before is None:
                continue
            taken = await self._take(what, before)
            if taken.count:
                self._pruned(what, taken.count)
            has_more |= taken.has_more
        ended = time()
        pause = (ended - began) * _REST
        if not has_more:
            pause = max(pause, self._settings.retention_interval.total_seconds())
        self._next_at = ended + pause
        return pause

    async def _take(self, what: Prunable, before: datetime) -> Pruned:
        events = self._clock.now() - self._settings.retention.events
        async with self._link.connection() as connection:
            forget = _FORGET.get(what)
            if forget is not None:
                count = await forget(connection, before=before, limit=_ROWS)
                return Pruned(count, has_more=count == _ROWS)
            return await prune(connection, what, before=before, events_before=events)
