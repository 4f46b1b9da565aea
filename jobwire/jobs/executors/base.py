"""What is told of every executor."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobwire.models.vocabulary import Executor


class ExecutorHealth(StrEnum):
    """How an executor fares."""

    #: It takes jobs.
    HEALTHY = "HEALTHY"
    #: It answers, but refuses or fails, or an operator has to decide something.
    DEGRADED = "DEGRADED"
    #: It does not answer.
    UNREACHABLE = "UNREACHABLE"
    #: Nothing was set that would make jobs run there.
    NOT_CONFIGURED = "NOT_CONFIGURED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorCapabilities:
    """What an executor can do with jobs.

    Attributes:
        cancel_running: Running code can be told to stop.
        confirms_cancel: It tells when the code has stopped.
        force_cancel: A job can be settled even if its code does not stop.
        progress: Running code can report progress.
        logs: What running code logs is kept with its job.
        backoff: The delays of a retry configuration are honoured.
        priority: Of the jobs that are due, those of higher priority start first.
        queues: Jobs can wait in queues with limits of their own.
        concurrency_key: Jobs of one key share a limit within their queue.
        max_data_bytes: The largest input of a job.
    """

    cancel_running: bool
    confirms_cancel: bool
    force_cancel: bool
    progress: bool
    logs: bool
    backoff: bool
    priority: bool
    queues: bool
    concurrency_key: bool
    max_data_bytes: int


@dataclass(frozen=True, slots=True)
class ExecutorState:
    """How an executor fares now.

    Attributes:
        executor: Which one.
        health: How it fares.
        reason: What is wrong, as a sentence; None: nothing.
        checked_at: When that was found out; None: it was not asked.
        capabilities: What it can do.
    """

    executor: Executor
    health: ExecutorHealth
    reason: str | None
    checked_at: datetime | None
    capabilities: ExecutorCapabilities
