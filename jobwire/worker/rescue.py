"""The rescuer: ends attempts whose worker gave no sign of life."""

import logging

from jobwire.jobs.transitions.rescue import rescue
from jobwire.models.database import Connection
from jobwire.worker.sweep import SweepLoop

_log = logging.getLogger(__name__)


class RescueLoop(SweepLoop):
    """Takes jobs from dead workers: RUNNING → QUEUED, FAILED or CANCELED."""

    name = "rescue"
    batch = 100

    async def sweep(self, connection: Connection) -> int:
        """Rescue one batch."""
        count = await rescue(connection, now=self._clock.now(), limit=self.batch)
        if count:
            _log.warning(
                "rescued %d jobs whose lease had run out",
                count,
                extra={"action": "rescued", "count": count},
            )
        return count
