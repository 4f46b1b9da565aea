"""The shape of the loops that move jobs whose time has come, a batch at once."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from jobwire.jobs.clock import Clock
from jobwire.models.database import Connection
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop


class SweepLoop(Loop):
    """Moves batch after batch, and rests after one that is not full.

    Any number of workers may sweep.

    Args:
        interval: How long it rests.
        moved: Called with the number of jobs that were moved.
    """

    #: How many jobs are moved at once.
    batch: ClassVar[int]

    def __init__(
        self,
        link: Link,
        clock: Clock,
        *,
        interval: timedelta,
        moved: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = interval.total_seconds()
        self._moved = moved

    @abstractmethod
    async def sweep(self, connection: Connection) -> int:
        """Move one batch; return how many jobs were moved."""

    async def run_once(self) -> float:
        """Move one batch."""
        async with self._link.connection() as connection:
            count = await self.sweep(connection)
        if count:
            self._moved(count)
        return 0 if count == self.batch else self._interval
