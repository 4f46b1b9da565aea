"""The stopper: tells runs to stop whose jobs somebody wants canceled."""

from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import transaction
from jobwire.jobs.forced_runs import ForcedRuns
from jobwire.jobs.open_runs import OpenRun, read_to_cancel
from jobwire.jobs.sync import AT_ONCE, Syncer
from jobwire.jobs.transitions.tell_run import (
    NOT_FOUND_WORD,
    acknowledge_by_run,
    count_telling,
)
from jobwire.triggerdev import NotFoundError
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

_BATCH = 50


class StopRunsLoop(DutyLoop):
    """Cancels the runs of jobs with a pending cancel, and asks at once what came of it.

    What does not end at once is asked again every second by the sync loop. The runs of
    jobs that were ended by force before anybody could tell them are told as well.
    """

    name = "stop-runs"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._syncer = Syncer(share.link.connection, share.executor, share.clock)
        rules = share.settings.rules
        self._forced = ForcedRuns(
            share.link.connection,
            share.executor,
            share.clock,
            lease=rules.lease,
            search_gap=rules.search_gap,
        )

    async def do_duty(self) -> float:
        """Tell one batch of runs to stop."""
        environment = await self._share.executor.environment()
        async with self._share.link.connection() as connection:
            runs = await read_to_cancel(
                connection, environment, now=self._share.clock.now(), limit=_BATCH
            )
        try:
            await at_once(AT_ONCE, self._stop, runs)
        finally:
            # A run that cannot be told keeps no other from it.
            forced = await self._forced.tell(limit=_BATCH)
        return 0 if _BATCH in (len(runs), forced) else self._share.idle

    async def _stop(self, run: OpenRun) -> None:
        is_known = True
        try:
            await self._share.executor.cancel(run.run_id)
        except NotFoundError:
            # Reconciliation judges whether it is gone.
            is_known = False
        now = self._share.clock.now()
        async with transaction(self._share.link.connection) as connection:
            if is_known:
                await acknowledge_by_run(connection, run.job_id, now=now)
            else:
                await count_telling(
                    connection, run.job_id, run.run_id, NOT_FOUND_WORD, now=now
                )
        await self._syncer.ask([run])
        self._share.changed()
