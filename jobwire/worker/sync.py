"""The sync loop: asks open runs that have been silent for too long."""

from jobwire.jobs.open_runs import read_silent
from jobwire.jobs.sync import Syncer
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

#: Runs asked in one pass. With a pass a second this stays well below the 1,500
#: requests a minute that an environment may be asked.
_BATCH = 10
_PAUSE = 1.0


class SyncLoop(DutyLoop):
    """Follows runs without any hook; the more the hooks tell, the less it asks."""

    name = "sync"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._syncer = Syncer(share.link.connection, share.executor, share.clock)

    async def do_duty(self) -> float:
        """Ask one batch, unless the rate limit leaves no room for it."""
        environment = await self._share.executor.environment()
        if not self._share.executor.has_budget:
            return _PAUSE
        async with self._share.link.connection() as connection:
            runs = await read_silent(
                connection, environment, now=self._share.clock.now(), limit=_BATCH
            )
        synced = await self._syncer.ask(runs)
        if synced.corrected:
            self._share.changed()
        if synced.errors and not synced.checked:
            raise synced.errors[0]
        return _PAUSE
