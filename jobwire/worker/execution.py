"""One attempt in this process."""

import time
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobwire.jobs.context import JobContext, Progress, StopSignal
from jobwire.jobs.function_job import FunctionJob
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.transitions.claim import Claimed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class StopReason(Enum):
    """Why running code was told to stop."""

    #: Somebody canceled the job.
    CANCEL = "cancel"
    #: The attempt ran longer than `max_duration`.
    TIMEOUT = "timeout"
    #: The worker is shutting down.
    DRAIN = "drain"
    #: The lease ran out while the database was away: another worker may have the job.
    UNCONFIRMED = "unconfirmed"
    #: The database said that the lease is lost.
    LOST = "lost"


class Execution:
    """An attempt that this worker holds, from the claim to the accepted finish.

    The control loop owns it. The thread that runs the code reads `stop_reason` and
    sets `task`.

    Attributes:
        claimed: The job as it was claimed.
        definition: Its code.
        signal: The flag that the code reads as `ctx.cancelled`.
        stop_reason: Why it was told to stop; None: it was not.
        is_running: Whether its code has not ended yet.
        confirmed_at: When its lease was last known to be ours, in monotonic seconds.
        progressed_at: When its progress was last written, in monotonic seconds.
        timer: Enforces `max_duration`.
        patience: Ends the time that sync code was given to stop.
        is_overdue: It is sync code that has not stopped within that time.
        task: The asyncio task of an async job, once it is made.
    """

    __slots__ = (
        "_ended_at",
        "_report",
        "_resources",
        "_started_at",
        "_told",
        "claimed",
        "confirmed_at",
        "definition",
        "is_overdue",
        "is_running",
        "patience",
        "progressed_at",
        "signal",
        "stop_reason",
        "task",
        "timer",
    )

    def __init__(
        self,
        claimed: Claimed,
        definition: FunctionJob,
        *,
        resources: Any,
        confirmed_at: float,
        report: "Callable[[Execution, Progress], None]",
    ) -> None:
        self.claimed = claimed
        self.definition = definition
        self.signal = StopSignal()
        self._resources = resources
        self._report = report
        self.stop_reason: StopReason | None = None
        self.is_running = True
        self.confirmed_at = confirmed_at
        self.progressed_at = 0.0
        self.task: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.patience: asyncio.TimerHandle | None = None
        self.is_overdue = False
        self._told: set[StopReason] = set()
        self._started_at = time.monotonic()
        self._ended_at = self._started_at

    @property
    def key(self) -> tuple[UUID, int]:
        """The job and the fence under which it is held."""
        return self.claimed.id, self.claimed.fence

    @property
    def job(self) -> UUID:
        """The job."""
        return self.claimed.id

    @property
    def job_id(self) -> str:
        """The public id of the job."""
        return job_id_text(self.claimed.id)

    def context(self) -> JobContext:
        """Make what the code sees."""
        claimed = self.claimed
        return JobContext(
            job_id=self.job_id,
            type=claimed.type,
            tag=claimed.tag,
            user_id=claimed.user_id,
            attempt=claimed.attempt,
            max_attempts=claimed.retry_config.max_attempts,
            resources=self._resources,
            report=partial(self._report, self),
            stop=self.signal,
        )

    @property
    def duration(self) -> timedelta:
        """How long the code ran."""
        return timedelta(seconds=self._ended_at - self._started_at)

    def ask_to_stop(self, reason: StopReason) -> bool:
        """Raise the flag that the code reads; the first reason is the one that counts.

        Only a lost lease comes before every other reason: nothing may be written then.

        Returns:
            Whether the code is running and hears this reason for the first time.
        """
        if not self.is_running or reason in self._told:
            return False
        self._told.add(reason)
        if self.stop_reason is None or reason is StopReason.LOST:
            self.stop_reason = reason
        self.signal.asked = True
        return True

    def end(self) -> None:
        """Note that the code has ended."""
        self.is_running = False
        self._ended_at = time.monotonic()
        for timer in (self.timer, self.patience):
            if timer is not None:
                timer.cancel()
