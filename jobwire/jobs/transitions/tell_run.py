"""Tell: a run was told to stop."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import Job
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import CancelOutcome, EventKind, SignalSource


async def acknowledge_by_run(
    connection: SqlConnection, job_id: UUID, *, now: datetime
) -> Job | None:
    """Record that Trigger.dev took a job's cancel; the status stays.

    Must run inside a transaction.

    Returns:
        The job; None when it has ended, or it was recorded before.
    """
    job = await row.lock(connection, job_id, viewer=None)
    if job is None or job.cancel_outcome != CancelOutcome.PENDING:
        return None
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
