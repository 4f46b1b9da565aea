"""Leave: jobs that an original goes on with end in the copy of its database."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.failure import Failure
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import Verb, event_kind, is_terminal
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import (
    CancelOutcome,
    FailureKind,
    JobStatus,
    SignalSource,
)

_OPEN = """
SELECT id FROM worker_jobs
 WHERE executor = 'trigger' AND finished IS NULL ORDER BY id"""
_LEAVE_ATTEMPT = """
UPDATE job_attempts SET status = 'LOST', finished_at = $2
 WHERE job_id = $1 AND status = 'RUNNING'"""


async def leave_all(
    connection: SqlConnection, original: UUID, *, actor: str, now: datetime
) -> int:
    """End all open TRIGGER jobs: SCHEDULED, QUEUED, RUNNING or WAITING → FAILED.

    Also those that were not handed over yet: the original hands them over. Must run
    inside the transaction that gives the copy its own name.

    Args:
        connection: A connection inside a transaction.
        original: The installation that goes on with them.
        actor: Who said that this is a copy.
        now: When.

    Returns:
        How many there were.
    """
    left = 0
    for record in await connection.fetch(_OPEN):
        job = await row.lock(connection, record["id"], viewer=None)
        if job is not None and not is_terminal(job.job_status):
            await _leave(connection, job, original, actor=actor, now=now)
            left += 1
    return left


async def _leave(
    connection: SqlConnection, job: Job, original: UUID, *, actor: str, now: datetime
) -> None:
    failure = Failure(
        FailureKind.ORPHANED,
        "This database is a copy, and the job goes on in its original, the"
        f" installation {original}.",
        name="LeftToOriginal",
    )
    values = failure.columns() | {
        "status": JobStatus.FAILED.value,
        "finished": now,
        "next_attempt_at": None,
    }
    if job.cancel_outcome == CancelOutcome.PENDING:
        values |= {
            "cancel_outcome": CancelOutcome.FINISHED_FIRST.value,
            "cancel_confirmed_at": now,
        }
    await connection.fetch(_LEAVE_ATTEMPT, job.id, now)
    await row.write(
        connection,
        job,
        values,
        kind=event_kind(Verb.LEAVE, job.job_status, JobStatus.FAILED),
        source=SignalSource.API,
        actor=actor,
        now=now,
        detail={"original": str(original)},
    )
