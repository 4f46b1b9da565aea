"""The counts loop: one process keeps how many jobs stand where."""

import asyncio

from jobwire.jobs.clock import Clock
from jobwire.jobs.counts import has_work, keep_counts
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.link import Link
from jobwire.worker.settings import WorkerSettings

#: While jobs are counted anew it rests this many times as long as each step took: that
#: never costs more than a fifth of one connection, however many jobs there are.
_REST = 4


class CountsLoop(ElectedLoop):
    """Counts what happened to jobs, and now and then all of them anew."""

    name = "counts"

    def __init__(
        self, link: Link, clock: Clock, settings: WorkerSettings, *, holder: str
    ) -> None:
        super().__init__(link, clock, holder=holder, span=settings.duty)
        self._interval = settings.counts_interval.total_seconds()
        self._recount_after = settings.recount_interval

    async def do_duty(self) -> float:
        """Do one step, if there is anything to do."""
        time = asyncio.get_running_loop().time
        began, now = time(), self._clock.now()
        async with self._link.connection() as connection:
            if not await has_work(
                connection, now=now, recount_after=self._recount_after
            ):
                return self._interval
            kept = await keep_counts(
                connection, now=now, recount_after=self._recount_after
            )
        if kept.has_more or not kept.is_complete:
            return 0
        return (time() - began) * _REST if kept.is_recounting else self._interval
