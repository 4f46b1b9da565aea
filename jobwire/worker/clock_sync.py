"""Keeping the worker's clock with PostgreSQL's."""

from jobwire.jobs.clock import DatabaseClock
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings


class ClockLoop(Loop):
    """Measures how far the database's clock is ahead, again and again."""

    name = "clock"

    def __init__(
        self, link: Link, clock: DatabaseClock, settings: WorkerSettings
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.clock_interval.total_seconds()

    async def run_once(self) -> float:
        """Measure once."""
        async with self._link.connection() as connection:
            await self._clock.synchronize(connection)
        return self._interval
