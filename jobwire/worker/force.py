"""The forcer: ends jobs whose code did not stop within the grace of a forced cancel."""

import logging
from collections.abc import Callable

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.force import force
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings

_BATCH = 100

_log = logging.getLogger(__name__)


class ForceLoop(Loop):
    """Ends them by force: QUEUED, RUNNING or WAITING → CANCELED.

    Any number of workers may force.

    Args:
        changed: Called when events were written.
    """

    name = "force"

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
        self._interval = settings.cancel_interval.total_seconds()
        self._changed = changed

    async def run_once(self) -> float:
        """Force one batch."""
        async with self._link.connection() as connection:
            moved = await force(connection, now=self._clock.now(), limit=_BATCH)
        if moved:
            _log.warning(
                "canceled %d jobs by force; their code may still be running",
                moved,
                extra={"action": "cancel-forced", "count": moved},
            )
            self._changed()
        return 0 if moved == _BATCH else self._interval
