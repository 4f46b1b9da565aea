"""The promoter: queues jobs the moment they are due."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.promote import next_due, promote
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings

_BATCH = 1000
#: How long after a ring it looks, in seconds.
_AFTER_RING = 0.005


class PromoteLoop(Loop):
    """Moves due jobs into the queue: SCHEDULED or RETRYING → QUEUED.

    Sleeps until the next due time, at most half a second: a job may be scheduled by
    somebody who rings no doorbell. Any number of workers may promote.

    Args:
        promoted: Called when jobs were queued.
    """

    name = "promote"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        promoted: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._longest = settings.promote_interval.total_seconds()
        self._promoted = promoted
        self._next: datetime | None = None

    def expect(self, due: datetime) -> None:
        """Learn of a due time that is just being written."""
        if self._next is None or due < self._next:
            self.wake()

    def rung(self) -> None:
        """Learn that jobs may have been scheduled; wakes the loop a moment later.

        What the same ring tells of may be ready already, and waits for its claim: that
        has PostgreSQL to itself.
        """
        asyncio.get_running_loop().call_later(_AFTER_RING, self.wake)

    async def run_once(self) -> float:
        """Promote one batch, if one is due, and look for the next due time."""
        moved, now = 0, self._clock.now()
        async with self._link.connection() as connection:
            if self._next is not None and self._next <= now:
                moved = await promote(connection, now=now, limit=_BATCH)
            self._next = await next_due(connection)
        if moved:
            self._promoted()
        if self._next is None:
            return self._longest
        until = (self._next - self._clock.now()).total_seconds()
        return min(max(until, 0), self._longest)
