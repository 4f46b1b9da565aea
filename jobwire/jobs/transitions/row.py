"""The row form: lock one job, let a use case decide, write one version."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import JOB_COLUMNS, JSON_COLUMNS, Job
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import Wall, wall_of_jobs
from jobwire.models.vocabulary import EventKind, SignalSource

_LOCK = f"""
SELECT {JOB_COLUMNS} FROM worker_jobs
 WHERE id = $1 AND {wall_of_jobs("$2", "$3")} AND deleted_at IS NULL
   FOR UPDATE"""
_LOCK_BY_RUN = f"""
SELECT {JOB_COLUMNS} FROM worker_jobs
 WHERE trigger_run_id = $1 AND deleted_at IS NULL
   FOR UPDATE"""


#: Text that every driver passes on as it is.
_CAST = "::text::jsonb"


async def lock(
    connection: SqlConnection, job_id: UUID, *, viewer: Viewer | None
) -> Job | None:
    """Lock and read one job until the end of the caller's transaction.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks; None: nobody, it is our own work.

    Returns:
        The job; None when there is none behind the viewer's wall.
    """
    wall = Wall() if viewer is None else viewer.wall
    records = await connection.fetch(_LOCK, job_id, *wall.values)
    return Job.from_record(records[0]) if records else None


async def lock_by_run(connection: SqlConnection, run_id: str) -> Job | None:
    """Lock and read the job that a Trigger.dev run belongs to; None: there is none."""
    records = await connection.fetch(_LOCK_BY_RUN, run_id)
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
    occurred_at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Job:
    """Write the next version of a job that the caller has locked, with its event.

    Args:
        connection: The connection that holds the lock.
        job: The job as it was locked.
        values: The visible columns to set, those of JSON as text; each one is named in
            the event's changes.
        kind: What happened.
        source: Which path brought it.
        actor: Who did it.
        now: When.
        occurred_at: When it happened, by the clock of its source; None: just now.
        detail: What else is known of it, as JSON; None: nothing.
    """
    sets = ", ".join(
        f"{column} = ${position}{_CAST if column in JSON_COLUMNS else ''}"
        for position, column in enumerate(values, start=9)
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
            occurred_at="$7::timestamptz",
            detail=f"$8{_CAST}",
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
        occurred_at or now,
        None if detail is None else json.dumps(detail),
        *values.values(),
    )
    return Job.from_record(records[0])
