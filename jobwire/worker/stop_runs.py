"""The stopper: tells runs to stop whose jobs somebody wants canceled."""

from contextlib import suppress

from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import transaction
from jobwire.jobs.open_runs import OpenRun, read_to_cancel
from jobwire.jobs.sync import AT_ONCE, Syncer
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.triggerdev import NotFoundError
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

_BATCH = 50


class StopRunsLoop(DutyLoop):
    """Cancels the runs of jobs with a pending cancel, and asks at once what came of it.

    What does not end at once is asked again every second by the sync loop.
    """

    name = "stop-runs"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._syncer = Syncer(share.link.connection, share.executor, share.clock)

    async def do_duty(self) -> float:
        """Tell one batch of runs to stop."""
        environment = await self._share.executor.environment()
        async with self._share.link.connection() as connection:
            runs = await read_to_cancel(connection, environment, limit=_BATCH)
        await at_once(AT_ONCE, self._stop, runs)
        return 0 if len(runs) == _BATCH else self._share.idle

    async def _stop(self, run: OpenRun) -> None:
        # Reconciliation judges runs that are gone; nothing more can be told to them.
        with suppress(NotFoundError):
            await self._share.executor.cancel(run.run_id)
        async with transaction(self._share.link.connection) as connection:
            await acknowledge_by_run(
                connection, run.job_id, now=self._share.clock.now()
            )
        await self._syncer.ask([run])
        self._share.changed()
