"""The retention loop: one process takes away what is over for long enough."""

import asyncio
from collections.abc import Callable

from jobwire.jobs.clock import Clock
from jobwire.jobs.retention import Prunable
from jobwire.jobs.retention_pass import take
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.link import Link
from jobwire.worker.settings import WorkerSettings

#: After a full round it rests at least this many times as long as that took.
_REST = 4


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
            async with self._link.connection() as connection:
                taken = await take(
                    connection,
                    what,
                    retention=self._settings.retention,
                    now=self._clock.now(),
                )
            if taken.count:
                self._pruned(what, taken.count)
            has_more |= taken.has_more
        ended = time()
        pause = (ended - began) * _REST
        if not has_more:
            pause = max(pause, self._settings.retention_interval.total_seconds())
        self._next_at = ended + pause
        return pause
