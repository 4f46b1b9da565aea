"""One attempt in this process."""

import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.context import JobContext, LogKeeper, Progress, StopSignal
from jobwire.jobs.function_job import FunctionJob
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.logs.line import Line
from jobwire.jobs.transitions.claim import Claimed
from jobwire.models.vocabulary import LogLevel

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime


class StopReason(Enum):
    """Why running code was told to stop."""

    #: Somebody canceled the job.
    CANCEL = "cancel"
    #: The attempt ran longer than `max_duration`.
    TIMEOUT = "timeout"
    #: The worker is shutting down.
    DRAIN = "drain"
    #: The lease runs out and the database is away: another worker may get the job.
    UNCONFIRMED = "unconfirmed"
    #: The database said that the lease is lost.
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears what running code says; each from any thread, without waiting.

    Attributes:
        progress: Takes how far it has come.
        metadata: Takes the job's metadata as a whole, as JSON text.
        line: Takes a line of its log.
        log_level: The least level of lines that are taken.
        now: The time of a line.
    """

    progress: "Callable[[Execution, Progress], None]"
    metadata: "Callable[[Execution, str], None]"
    line: "Callable[[Execution, Line], None]"
    log_level: LogLevel
    now: "Callable[[], datetime]"


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
        written_at: When each loop last wrote what it says, in monotonic seconds.
        timer: Enforces `max_duration`.
        patience: Ends the time that sync code was given to stop.
        is_overdue: It is sync code that has not stopped within that time.
        task: The asyncio task of an async job, once it is made.
    """

    __slots__ = (
        "_ears",
        "_ended_at",
        "_job_id",
        "_resources",
        "_started_at",
        "_told",
        "claimed",
        "confirmed_at",
        "definition",
        "is_overdue",
        "is_running",
        "patience",
        "signal",
        "stop_reason",
        "task",
        "timer",
        "written_at",
    )

    def __init__(
        self,
        claimed: Claimed,
        definition: FunctionJob,
        *,
        resources: Any,
        confirmed_at: float,
        ears: Ears,
    ) -> None:
        self.claimed = claimed
        self.definition = definition
        self.signal = StopSignal()
        self._resources = resources
        self._ears = ears
        self.stop_reason: StopReason | None = None
        self.is_running = True
        self.confirmed_at = confirmed_at
        self.written_at: dict[str, float] = {}
        self.task: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.patience: asyncio.TimerHandle | None = None
        self.is_overdue = False
        self._told: set[StopReason] = set()
        self._job_id: str | None = None
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
        if self._job_id is None:
            self._job_id = job_id_text(self.claimed.id)
        return self._job_id

    @property
    def named(self) -> dict[str, str | int]:
        """What log lines about it say."""
        claimed = self.claimed
        return {
            "job_id": self.job_id,
            "job_type": claimed.type,
            "attempt": claimed.attempt,
            "user_id": claimed.user_id,
        }

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
            metadata=json_text.decode(claimed.metadata),
            report=partial(self._ears.progress, self),
            report_metadata=partial(self._ears.metadata, self),
            keeper=LogKeeper(
                partial(self._ears.line, self), self._ears.log_level, self._ears.now
            ),
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
