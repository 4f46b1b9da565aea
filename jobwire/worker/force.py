"""The forcer: ends jobs whose code did not stop within the grace of a forced cancel."""

import logging

from jobwire.jobs.transitions.force import force
from jobwire.models.database import Connection
from jobwire.worker.sweep import SweepLoop

_log = logging.getLogger(__name__)


class ForceLoop(SweepLoop):
    """Ends them by force: QUEUED, RUNNING or WAITING → CANCELED."""

    name = "force"
    batch = 100

    async def sweep(self, connection: Connection) -> int:
        """Force one batch."""
        count = await force(connection, now=self._clock.now(), limit=self.batch)
        if count:
            _log.warning(
                "canceled %d jobs by force; their code may still be running",
                count,
                extra={"action": "cancel-forced", "count": count},
            )
        return count
