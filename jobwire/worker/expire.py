"""The expirer: ends jobs whose time-to-live passed before they started."""

from jobwire.jobs.transitions.expire import expire
from jobwire.models.database import Connection
from jobwire.worker.sweep import SweepLoop


class ExpireLoop(SweepLoop):
    """Ends late unstarted jobs: SCHEDULED or QUEUED → EXPIRED."""

    name = "expire"
    batch = 1000

    async def sweep(self, connection: Connection) -> int:
        """Expire one batch."""
        return await expire(connection, now=self._clock.now(), limit=self.batch)
