"""Link: what is known for sure of a dispatch, written one job at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.failure import Failure
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import Verb, event_kind, is_terminal
from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions import row
from jobwire.jobs.transitions.observe import freshen
from jobwire.models.vocabulary import (
    AttentionKind,
    CancelOutcome,
    DispatchState,
    EventKind,
    FailureKind,
    JobStatus,
    SignalSource,
)

_FENCE = "SELECT fence FROM worker_jobs WHERE id = $1"

_LOSE_ATTEMPT = """
UPDATE job_attempts
   SET status = 'LOST', finished_at = $2, failure_kind = $3, failure = $4::text::jsonb
 WHERE job_id = $1 AND status = 'RUNNING'"""

_UNDECIDED = (DispatchState.SENDING, DispatchState.UNKNOWN, DispatchState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of a run that was found for a job.

    Attributes:
        job: The job after it; None: there is none.
        is_ours: Whether the job has this run now.
    """

    job: Job | None
    is_ours: bool

    @property
    def is_stopped(self) -> bool:
        """Whether the job is canceled, and a run that it does not have shall stop."""
        return (
            not self.is_ours
            and self.job is not None
            and self.job.status == JobStatus.CANCELED
        )


async def link(
    connection: SqlConnection,
    job_id: UUID,
    run_id: str,
    *,
    source: SignalSource,
    now: datetime,
    adopted: bool = False,
) -> Linked:
    """Give a job its run: any dispatch state → linked; QUEUED stays.

    Must run inside a transaction. It needs no fence: that a run exists is a fact,
    whoever tells it, even when another process has found none meanwhile and has given
    the dispatch back. A job that has ended meanwhile, or has another run, keeps what it
    has, and the run is a stray.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        run_id: The run.
        source: Which path brought it.
        now: When.
        adopted: Whether the run was found rather than answered.
    """
    job = await row.lock(connection, job_id, viewer=None)
    if job is None or job.trigger_run_id is not None:
        return Linked(job, job is not None and job.trigger_run_id == run_id)
    if not job.dispatch_number or is_terminal(job.job_status):
        return Linked(job, is_ours=False)
    after = await row.write(
        connection,
        job,
        {
            "dispatch_state": DispatchState.LINKED.value,
            "trigger_run_id": run_id,
        },
        kind=EventKind.ORPHAN_ADOPTED if adopted else EventKind.DISPATCHED,
        source=source,
        actor=None,
        now=now,
    )
    await freshen(connection, job_id, now=now)
    return Linked(after, is_ours=True)


async def reject(
    connection: SqlConnection, job_id: UUID, fence: int, reason: str, *, now: datetime
) -> Job | None:
    """End a job that Trigger.dev refused: QUEUED → FAILED, or CANCELED on request.

    Must run inside a transaction.

    Returns:
        The job; None when it was fenced out.
    """
    job = await _locked_undecided(connection, job_id, fence)
    if job is None:
        return None
    if job.cancel_outcome == CancelOutcome.PENDING:
        return await _cancel(connection, job, now)
    failure = Failure(FailureKind.DISPATCH_REJECTED, reason, name="DispatchRejected")
    return await _end(
        connection,
        job,
        Verb.REJECT,
        JobStatus.FAILED,
        failure.columns(),
        now=now,
    )


async def settle_unstarted(
    connection: SqlConnection, job_id: UUID, fence: int, *, now: datetime
) -> Job | None:
    """End a job of which no run was found, if it has a reason to end.

    QUEUED → CANCELED when a cancel is pending, → EXPIRED when its time-to-live has
    passed. Must run inside a transaction.

    Returns:
        The ended job; None when it shall be sent again, or was fenced out.
    """
    job = await _locked_undecided(connection, job_id, fence)
    if job is None:
        return None
    if job.cancel_outcome == CancelOutcome.PENDING:
        return await _cancel(connection, job, now)
    if job.expires_at is not None and job.expires_at <= now:
        failure = Failure(
            FailureKind.EXPIRED, "Its time-to-live passed before it could start."
        )
        return await _end(
            connection,
            job,
            Verb.EXPIRE,
            JobStatus.EXPIRED,
            failure.columns(),
            now=now,
        )
    return None


async def lose(connection: SqlConnection, run_id: str, *, now: datetime) -> Job | None:
    """End a job whose run is gone: QUEUED, RUNNING or WAITING → FAILED.

    A cancel that was pending came too late for anybody to tell. Must run inside a
    transaction.

    Returns:
        The ended job; None when it had ended, or there is none.
    """
    job = await row.lock_by_run(connection, run_id)
    if job is None or is_terminal(job.job_status):
        return None
    failure = Failure(
        FailureKind.ORPHANED,
        f"Trigger.dev does not know the run {run_id} any more, and nobody told how it"
        " ended.",
        name="RunLost",
    )
    values = failure.columns()
    detail = None
    if AttentionKind.ORPHAN_SUSPECT in job.attention:
        suspect = AttentionKind.ORPHAN_SUSPECT.value
        values["attention"] = [kind for kind in job.attention if kind != suspect]
        detail = {"was": job.attention}
    if job.cancel_outcome == CancelOutcome.PENDING:
        values |= {
            "cancel_outcome": CancelOutcome.FINISHED_FIRST.value,
            "cancel_confirmed_at": now,
        }
        detail = {**(detail or {}), **SettledBy.NO_RUN.detail}
    await connection.fetch(
        _LOSE_ATTEMPT, job.id, now, failure.kind.value, failure.to_json()
    )
    return await _end(
        connection,
        job,
        Verb.LOSE,
        JobStatus.FAILED,
        values,
        now=now,
        source=SignalSource.RECONCILER,
        detail=detail,
    )


async def _locked_undecided(
    connection: SqlConnection, job_id: UUID, fence: int
) -> Job | None:
    job = await row.lock(connection, job_id, viewer=None)
    if job is None or is_terminal(job.job_status):
        return None
    [record] = await connection.fetch(_FENCE, job_id)
    is_held = record["fence"] == fence
    return job if is_held and job.dispatch_state in _UNDECIDED else None


async def _cancel(connection: SqlConnection, job: Job, now: datetime) -> Job:
    values = {
        "cancel_outcome": CancelOutcome.NEVER_STARTED.value,
        "cancel_confirmed_at": now,
    }
    return await _end(
        connection,
        job,
        Verb.CANCEL,
        JobStatus.CANCELED,
        values,
        now=now,
        detail=SettledBy.NO_RUN.detail,
    )


async def _end(
    connection: SqlConnection,
    job: Job,
    verb: Verb,
    status: JobStatus,
    values: dict[str, Any],
    *,
    now: datetime,
    source: SignalSource = SignalSource.DISPATCH,
    detail: dict[str, Any] | None = None,
) -> Job:
    kind = event_kind(verb, job.job_status, status)
    ended = {"status": status.value, "finished": now, "next_attempt_at": None}
    return await row.write(
        connection,
        job,
        ended | values,
        kind=kind,
        source=source,
        actor=None,
        now=now,
        detail=detail,
    )
