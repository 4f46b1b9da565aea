"""The expirer: ends jobs whose time-to-live passed before they started."""

from collections.abc import Callable

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.expire import expire
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings

_BATCH = 1000


class ExpireLoop(Loop):
    """Ends late unstarted jobs: SCHEDULED or QUEUED → EXPIRED.

    Any number of workers may expire.

    Args:
        changed: Called when events were written.
    """

    name = "expire"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.expire_interval.total_seconds()
        self._changed = changed

    async def run_once(self) -> float:
        """Expire one batch."""
        async with self._link.connection() as connection:
            moved = await expire(connection, now=self._clock.now(), limit=_BATCH)
        if moved:
            self._changed()
        return 0 if moved == _BATCH else self._interval
