"""Heartbeats: the signs of life that keep the leases, and what is heard in return."""

import time
from collections.abc import Callable, Sequence

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.lease import extend
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.roster import Roster
from jobwire.worker.settings import WorkerSettings

#: How often per lease the watch looks for leases that run out unconfirmed.
_LOOKS_PER_LEASE = 20

Stop = Callable[[Execution, StopReason], None]


class HeartbeatLoop(Loop):
    """Prolongs the leases of all held jobs, four times per lease.

    A lease that is lost stops its code; what it did is discarded. A row that somebody
    else's open transaction has locked holds up no other lease: it is tried again by
    itself.

    Args:
        stop: Tells running code to stop.
        hear_cancel: Called when a running job has a pending cancel.
    """

    name = "heartbeat"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        worker: str,
        roster: Roster,
        stop: Stop,
        hear_cancel: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._settings = settings
        self._worker = worker
        self._roster = roster
        self._stop = stop
        self._hear_cancel = hear_cancel
        self._blocked: set[Execution] = set()

    async def run_once(self) -> float:
        """Prolong every lease once."""
        held = [one for one in self._roster if one.stop_reason is not StopReason.LOST]
        usual = [one for one in held if one not in self._blocked]
        blocked = [one for one in held if one in self._blocked]
        refused = await self._extend_all(usual)
        refused += await self._extend_all(blocked)
        self._blocked = set(refused)
        return self._settings.heartbeat_interval.total_seconds()

    async def _extend_all(self, executions: Sequence[Execution]) -> list[Execution]:
        refused = await write_batch(
            self._link, executions, self._extend, job_of=lambda one: one.job
        )
        return [execution for execution, _ in refused]

    async def _extend(self, executions: Sequence[Execution]) -> None:
        sent_at = time.monotonic()
        async with self._link.connection() as connection:
            kept = await extend(
                connection,
                [execution.key for execution in executions],
                worker=self._worker,
                lease=self._settings.lease,
                now=self._clock.now(),
            )
        for execution in executions:
            if execution.job in kept:
                execution.confirmed_at = sent_at
            elif execution.is_running:
                # One whose finish is on its way may be gone because it was accepted.
                self._stop(execution, StopReason.LOST)
        if any(kept.values()):
            self._hear_cancel()


class LeaseWatch(Loop):
    """Stops code whose lease is about to run out while the database cannot be reached.

    After that another worker that does reach it may run the job. It asks no database,
    so that nothing can hold it up.
    """

    name = "lease watch"

    def __init__(self, settings: WorkerSettings, *, roster: Roster, stop: Stop) -> None:
        super().__init__()
        self._reliance = settings.reliance.total_seconds()
        self._pause = settings.lease.total_seconds() / _LOOKS_PER_LEASE
        self._roster = roster
        self._stop = stop

    async def run_once(self) -> float:
        """Look at every lease once."""
        latest = time.monotonic() - self._reliance
        for execution in self._roster:
            if execution.is_running and execution.confirmed_at <= latest:
                self._stop(execution, StopReason.UNCONFIRMED)
        return self._pause
