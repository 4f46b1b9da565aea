"""Promote: jobs that have become due move into the queue."""

from datetime import datetime

from jobwire.jobs.lifecycle import Verb, sources
from jobwire.jobs.transitions.events import append_events, changed, literals
from jobwire.models.database import Connection

_SOURCES = literals(sources(Verb.PROMOTE))

_PROMOTE = f"""
WITH due AS MATERIALIZED (
  SELECT id, status FROM worker_jobs
   WHERE status IN ({_SOURCES}) AND next_attempt_at <= $1
   ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j SET status = 'QUEUED', version = version + 1, updated_at = $1
    FROM due WHERE j.id = due.id
  RETURNING j.*, due.status AS old_status),
e AS ({
    append_events(
        "u",
        kind="'QUEUED'",
        from_status="old_status",
        changes=changed(("status",)),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
    )
})
SELECT count(*) FROM u"""

_NEXT_DUE = f"""
SELECT min(next_attempt_at) FROM worker_jobs WHERE status IN ({_SOURCES})"""


async def promote(connection: Connection, *, now: datetime, limit: int = 1000) -> int:
    """Queue the jobs that are due: SCHEDULED or RETRYING → QUEUED.

    One statement; any number of processes may run it at once. Both executors.

    Returns:
        How many were moved; `limit` means that there may be more.
    """
    moved: int = await connection.fetchval(_PROMOTE, now, limit)
    return moved


async def next_due(connection: Connection) -> datetime | None:
    """Return when the next job becomes due; None when no job waits for its time."""
    due: datetime | None = await connection.fetchval(_NEXT_DUE)
    return due
