"""Expire: jobs whose time-to-live passed before they started end unstarted."""

from datetime import datetime

from jobwire.jobs.lifecycle import Verb, sources
from jobwire.jobs.transitions.events import append_events, changed, literals
from jobwire.models.database import Connection

_SOURCES = literals(sources(Verb.EXPIRE))

_EXPIRE = f"""
WITH late AS MATERIALIZED (
  SELECT id, status FROM worker_jobs
   WHERE status IN ({_SOURCES}) AND expires_at IS NOT NULL AND expires_at <= $1
     AND started IS NULL AND dispatch_state = 'none'
   ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET status = 'EXPIRED', version = version + 1, updated_at = $1, finished = $1,
         success = false, failure_kind = 'EXPIRED', next_attempt_at = NULL,
         result = jsonb_build_object('error', jsonb_build_object(
           'kind', 'EXPIRED', 'name', NULL, 'code', NULL, 'stack', NULL,
           'message', 'Its time-to-live passed before it could start.'))
    FROM late WHERE j.id = late.id
  RETURNING j.*, late.status AS old_status),
e AS ({
    append_events(
        "u",
        kind="'EXPIRED'",
        from_status="old_status",
        changes=changed(
            (
                "status",
                "finished",
                "success",
                "failure_kind",
                "result",
                "next_attempt_at",
            )
        ),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
    )
})
SELECT count(*) FROM u"""


async def expire(connection: Connection, *, now: datetime, limit: int = 1000) -> int:
    """End unstarted jobs whose time has passed: SCHEDULED or QUEUED → EXPIRED.

    One statement; any number of processes may run it at once. A job that has started
    once, or was handed over to Trigger.dev, does not expire here.

    Returns:
        How many were moved; `limit` means that there may be more.
    """
    moved: int = await connection.fetchval(_EXPIRE, now, limit)
    return moved
