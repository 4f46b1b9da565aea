"""The row form: lock one job, let a use case decide, write one version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import EventKind, SignalSource

_LOCK = f"""
SELECT {JOB_COLUMNS} FROM worker_jobs
 WHERE id = $1 AND ($2::text IS NULL OR user_id = $2) AND deleted_at IS NULL
   FOR UPDATE"""


async def lock(
    connection: SqlConnection, job_id: UUID, *, viewer: Viewer
) -> Job | None:
    """Lock and read one job until the end of the caller's transaction.

    Returns:
        The job; None when there is none behind the viewer's wall.
    """
    records = await connection.fetch(_LOCK, job_id, viewer.wall)
    return Job.from_record(records[0]) if records else None


async def write(
    connection: SqlConnection,
    job: Job,
    values: Mapping[str, Any],
    *,
    kind: EventKind,
    source: SignalSource,
    actor: str | None,
    now: datetime,
) -> Job:
    """Write the next version of a job that the caller has locked, with its event.

    Args:
        connection: The connection that holds the lock.
        job: The job as it was locked.
        values: The visible columns to set; each one is named in the event's changes.
        kind: What happened.
        source: Which path brought it.
        actor: Who did it.
        now: When.
    """
    sets = ", ".join(
        f"{column} = ${position}" for position, column in enumerate(values, start=7)
    )
    statement = f"""
WITH u AS (
  UPDATE worker_jobs SET version = version + 1, updated_at = $6, {sets}
   WHERE id = $1 RETURNING *),
e AS ({
        append_events(
            "u",
            kind="$3::text",
            from_status="$2::text",
            changes=changed(tuple(values)),
            source="$4::text",
            actor="$5::text",
            now="updated_at",
        )
    })
SELECT {JOB_COLUMNS} FROM u"""
    records = await connection.fetch(
        statement,
        job.id,
        job.status,
        kind.value,
        source.value,
        actor,
        now,
        *values.values(),
    )
    return Job.from_record(records[0])
