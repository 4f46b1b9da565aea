"""The cancel loop: tells running code that its job was canceled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.acknowledge import acknowledge
from jobwire.jobs.transitions.lease import read_cancels
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.roster import Roster
from jobwire.worker.settings import WorkerSettings


class CancelLoop(Loop):
    """Looks for cancels of running jobs when the doorbell rings, and once a second.

    Args:
        stop: Tells running code to stop, and how long that may take.
        changed: Called when events were written.
    """

    name = "cancel"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        worker: str,
        roster: Roster,
        stop: Callable[[Execution, StopReason, timedelta | None], None],
        changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.cancel_interval.total_seconds()
        self._worker = worker
        self._roster = roster
        self._stop = stop
        self._changed = changed
        self._told: set[Execution] = set()

    async def run_once(self) -> float:
        """Find the canceled jobs, acknowledge, and tell their code."""
        running = [one for one in self._roster if one.is_running]
        self._told.intersection_update(running)
        untold = [one for one in running if one not in self._told]
        if untold:
            await self._tell(await self._canceled(untold))
        return self._interval

    async def _canceled(
        self, executions: Sequence[Execution]
    ) -> dict[Execution, datetime | None]:
        async with self._link.connection() as connection:
            canceled = await read_cancels(
                connection, [one.key for one in executions], worker=self._worker
            )
        return {one: canceled[one.job] for one in executions if one.job in canceled}

    async def _tell(self, canceled: Mapping[Execution, datetime | None]) -> None:
        try:
            await write_batch(
                self._link,
                list(canceled),
                self._acknowledge,
                job_of=lambda one: one.job,
            )
        finally:
            # To stop the work matters more than to have noted that we were told.
            now = self._clock.now()
            for execution, until in canceled.items():
                self._told.add(execution)
                grace = None if until is None else until - now
                self._stop(execution, StopReason.CANCEL, grace)
        if canceled:
            self._changed()

    async def _acknowledge(self, executions: Sequence[Execution]) -> None:
        async with self._link.connection() as connection:
            await acknowledge(
                connection,
                [execution.key for execution in executions],
                worker=self._worker,
                now=self._clock.now(),
            )
