"""The cron loop: lets job schedules tick the moment they are due."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from jobwire.jobs.borrowing import transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.cron.tick import (
    CLOCK_STEP,
    Ticked,
    Ticker,
    correct_clock,
    next_due,
)
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings

#: Schedules of one transaction.
_BATCH = 500
#: Transactions at once while more are due than fit into one.
_AT_ONCE = 2


class CronLoop(Loop):
    """Lets schedules tick; any number of workers may.

    Sleeps until the next tick, at most half a second: a schedule may be made, or the
    job that another one waits for may end, without a ring of the doorbell.

    Args:
        ticked: Called with what a transaction did, and what time it was then; only
            when all that was due has ticked, so that thousands of jobs that begin do
            not hold up the ticks of others.
    """

    name = "cron"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        registry: Registry,
        policy: PlacementPolicy,
        ticked: Callable[[Ticked, datetime], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._longest = settings.cron_interval.total_seconds()
        self._ticker = Ticker(registry, policy)
        self._tell = ticked
        self._untold: list[tuple[Ticked, datetime]] = []
        #: What time it was, by the clock and by one that is never set.
        self._seen: tuple[datetime, float] | None = None

    async def run_once(self) -> float:
        """Let everything tick that is due, and look for the next tick."""
        await self._correct_clock()
        try:
            is_full = await self._let(self._ticker.tick)
            while is_full and not self._stopping:
                batches = [self._let(self._ticker.tick) for _ in range(_AT_ONCE)]
                is_full = all(await asyncio.gather(*batches))
            is_full = await self._let(self._ticker.go_on)
        finally:
            for ticked, at in self._untold:
                self._tell(ticked, at)
            self._untold.clear()
        if is_full:
            return 0
        now = self._clock.now()
        async with self._link.connection() as connection:
            due = await next_due(connection, after=now)
        if due is None:
            return self._longest
        return min(max((due - self._clock.now()).total_seconds(), 0), self._longest)

    async def _let(self, tick: Callable[..., Awaitable[Ticked]]) -> bool:
        """Let one batch tick; return whether there may be more."""
        async with transaction(self._link.connection) as connection:
            ticked = await tick(connection, now=self._clock.now(), limit=_BATCH)
        if ticked.count:
            self._untold.append((ticked, self._clock.now()))
        return ticked.count == _BATCH

    async def _correct_clock(self) -> None:
        """Look for ticks that were reckoned too late, if the clock was set back."""
        now = (self._clock.now(), time.monotonic())
        count = _BATCH if self._was_set_back(now) else 0
        while count == _BATCH:
            async with transaction(self._link.connection) as connection:
                count = await correct_clock(
                    connection, now=self._clock.now(), limit=_BATCH
                )
        self._seen = now

    def _was_set_back(self, now: tuple[datetime, float]) -> bool:
        """Whether less time has passed by the clock; True while nobody can know."""
        if self._seen is None:
            return True
        passed = timedelta(seconds=now[1] - self._seen[1])
        return now[0] - self._seen[0] < passed - CLOCK_STEP / 2
