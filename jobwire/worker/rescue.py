"""The rescuer: ends attempts whose worker gave no sign of life."""

import logging
from collections.abc import Callable

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.rescue import rescue
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings

_BATCH = 100

_log = logging.getLogger(__name__)


class RescueLoop(Loop):
    """Takes jobs from dead workers: RUNNING → QUEUED, FAILED or CANCELED.

    Any number of workers may rescue.

    Args:
        rescued: Called with the number of jobs rescued.
    """

    name = "rescue"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        rescued: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.rescue_interval.total_seconds()
        self._rescued = rescued

    async def run_once(self) -> float:
        """Rescue one batch."""
        async with self._link.connection() as connection:
            moved = await rescue(connection, now=self._clock.now(), limit=_BATCH)
        if moved:
            _log.warning(
                "rescued %d jobs whose lease had run out",
                moved,
                extra={"action": "rescued", "count": moved},
            )
            self._rescued(moved)
        return 0 if moved == _BATCH else self._interval
