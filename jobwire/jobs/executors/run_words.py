"""The words of Trigger.dev's runs as those of our jobs: one table for every path."""

import json
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.failure import (
    MAX_MESSAGE_BYTES,
    MAX_NAME_BYTES,
    Failure,
    cut,
    cut_stack,
)
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.run_progress import progress_in
from jobwire.models.vocabulary import FailureKind, JobStatus, SignalSource
from jobwire.triggerdev import RealtimeRun, Run, RunError, RunStatus, RunSummary

#: What each status of a run means here.
STATUSES = {
    RunStatus.PENDING_VERSION: JobStatus.QUEUED,
    RunStatus.DELAYED: JobStatus.QUEUED,
    RunStatus.QUEUED: JobStatus.QUEUED,
    RunStatus.DEQUEUED: JobStatus.QUEUED,
    RunStatus.EXECUTING: JobStatus.RUNNING,
    RunStatus.WAITING: JobStatus.WAITING,
    RunStatus.COMPLETED: JobStatus.SUCCEEDED,
    RunStatus.FAILED: JobStatus.FAILED,
    RunStatus.CANCELED: JobStatus.CANCELED,
    RunStatus.CRASHED: JobStatus.FAILED,
    RunStatus.SYSTEM_FAILURE: JobStatus.FAILED,
    RunStatus.TIMED_OUT: JobStatus.FAILED,
    RunStatus.EXPIRED: JobStatus.EXPIRED,
}
#: Words that an operator should hear of although the job does not move: the run waits
#: for a deployment that has its task.
_NEWS = frozenset({RunStatus.PENDING_VERSION})
_FAILURES = {
    RunStatus.FAILED: FailureKind.TASK_ERROR,
    RunStatus.CRASHED: FailureKind.CRASHED,
    RunStatus.SYSTEM_FAILURE: FailureKind.PLATFORM,
    RunStatus.TIMED_OUT: FailureKind.TIMEOUT,
    RunStatus.EXPIRED: FailureKind.EXPIRED,
}
#: What their messages of a run that ran out of memory hold (`TASK_PROCESS_OOM_KILLED`,
#: `TASK_PROCESS_MAYBE_OOM_KILLED`).
_OUT_OF_MEMORY = "OOM_KILLED"


def status_of(word: str) -> JobStatus | None:
    """Return what a status of theirs means here; None: it is not known."""
    known = RunStatus.__members__.get(word)
    return None if known is None else STATUSES[known]


def failure_of(
    status: RunStatus | None, error: RunError | None, *, out_of_memory: bool = False
) -> Failure | None:
    """Tell why a run failed; None: its status is no failure."""
    kind = None if status is None else _FAILURES.get(status)
    if kind is None or status is None:
        return None
    message = "" if error is None else error.message
    if out_of_memory or (kind is FailureKind.CRASHED and _OUT_OF_MEMORY in message):
        kind = FailureKind.OUT_OF_MEMORY
    return Failure(
        kind,
        cut(message or f"Trigger.dev says {status}.", MAX_MESSAGE_BYTES),
        name=cut(error.name, MAX_NAME_BYTES) if error and error.name else None,
        stack=cut_stack(error.stack_trace) if error and error.stack_trace else None,
    )


def output_text(output: Any) -> tuple[str | None, str | None]:
    """Write an output as it stands in `result`.

    Returns:
        The JSON text, None for no output; and why it cannot be stored, None: it can.
    """
    if output is None:
        return None, None
    try:
        text = json_text.encode(output, limit=json_text.MAX_RESULT_BYTES, path=())
    except InvalidInputError as error:
        return None, error.message
    return text, None


def not_stored(refusal: str | None) -> str | None:
    """Write why an output is not stored, as the detail of an observation.

    Args:
        refusal: Why; None: it is stored, or there is none.
    """
    return None if refusal is None else json.dumps({"outputNotStored": refusal})


def observation_of(
    run: Run | RealtimeRun, *, source: SignalSource, output: str | None
) -> Observation:
    """Make a verdict of a run that was retrieved, or of a row of the Realtime feed.

    Args:
        run: The run; a row does not tell its attempt.
        source: Which path brought it.
        output: What it returned, as JSON text.
    """
    attempt, finished_at = (
        (None, run.completed_at)
        if isinstance(run, RealtimeRun)
        else (run.attempt_count, run.finished_at)
    )
    return Observation(
        run_id=run.id,
        source=source,
        rank=Rank.VERDICT,
        word=run.status,
        status=status_of(run.status),
        is_news=run.known_status is None or run.known_status in _NEWS,
        attempt=attempt,
        occurred_at=run.updated_at,
        started_at=run.started_at,
        finished_at=finished_at,
        output=output,
        failure=failure_of(run.known_status, run.error),
        progress=progress_in(run.metadata),
    )


def observation_of_listed(run: RunSummary, *, source: SignalSource) -> Observation:
    """Make a verdict of a run that has not ended, as a list tells it.

    Lists do not tell the attempt.

    Args:
        run: The run.
        source: Which path brought it.
    """
    status = status_of(run.status)
    has_started = status in (JobStatus.RUNNING, JobStatus.WAITING)
    return Observation(
        run_id=run.id,
        source=source,
        rank=Rank.VERDICT,
        word=run.status,
        status=status,
        is_news=run.known_status is None or run.known_status in _NEWS,
        attempt=None,
        occurred_at=run.updated_at,
        started_at=run.started_at if has_started else None,
        progress=progress_in(run.metadata),
    )
