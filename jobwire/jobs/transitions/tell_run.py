"""Tell: a run was told to stop."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import Job
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import CancelOutcome, EventKind, SignalSource

#: Trigger.dev took the cancel of a run.
TOLD_WORD = "TOLD_TO_STOP"
#: Trigger.dev knew no such run.
NOT_FOUND_WORD = "NO_RUN_FOUND"

_COUNT = f"""
INSERT INTO job_observations AS o (job_id, source, dispatch_number, attempt, word,
                                   first_at, last_at, detail)
SELECT id, '{SignalSource.DISPATCH.value}', dispatch_number, 0, $2, $3, $3,
       jsonb_build_object('runId', $4::text)
  FROM worker_jobs WHERE id = $1
ON CONFLICT (job_id, source, dispatch_number, attempt, word) DO UPDATE
   SET count = o.count + 1, last_at = $3"""


async def count_telling(
    connection: SqlConnection,
    job_id: UUID,
    run_id: str | None,
    word: str,
    *,
    now: datetime,
) -> None:
    """Count that a run was to be told to stop, beside its job, which may be sealed.

    Args:
        connection: Any connection.
        job_id: The job.
        run_id: The run; None: it is not known.
        word: What became of it.
        now: When.
    """
    await connection.fetch(_COUNT, job_id, word, now, run_id)


async def acknowledge_by_run(
    connection: SqlConnection, job_id: UUID, *, now: datetime
) -> Job | None:
    """Record that Trigger.dev took a job's cancel; the status stays.

    Taking it again is only counted.

    Must run inside a transaction.

    Returns:
        The job; None when it has ended, or it was recorded before.
    """
    job = await row.lock(connection, job_id, viewer=None)
    if job is None or job.cancel_outcome != CancelOutcome.PENDING:
        return None
    await count_telling(connection, job.id, job.trigger_run_id, TOLD_WORD, now=now)
    if job.cancel_acknowledged_at is not None:
        return None
    return await row.write(
        connection,
        job,
        {"cancel_acknowledged_at": now},
        kind=EventKind.CANCEL_ACKNOWLEDGED,
        source=SignalSource.DISPATCH,
        actor=None,
        now=now,
    )
