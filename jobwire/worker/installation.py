"""The installation loop: notices that the database is not where it was."""

from jobwire.jobs.installation import settle_in
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare

_PAUSE = 2.0


class InstallationLoop(Loop):
    """Pauses the work on Trigger.dev of this worker, and lets it go on.

    Whoever answers `jobwire installation` is heard within two seconds.
    """

    name = "installation"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__()
        self._share = share

    async def run_once(self) -> float:
        """Look where we are."""
        async with self._share.link.connection() as connection:
            found = await settle_in(connection)
        self._share.executor.speak_for(found.id, trouble=found.trouble)
        return _PAUSE
