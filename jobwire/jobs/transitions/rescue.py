"""Rescue: jobs whose worker gave no sign of life go on without it."""

from datetime import datetime

from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.transitions.slots import release_slots
from jobwire.models.database import Connection

_NEXT = """CASE
   WHEN j.cancel_outcome IS NOT DISTINCT FROM 'PENDING' THEN 'CANCELED'
   WHEN j.attempts >= (j.retry_config ->> 'maxAttempts')::int THEN 'FAILED'
   ELSE 'QUEUED' END"""
_FAILURE = """jsonb_build_object(
   'kind', 'CRASHED', 'name', 'LeaseLost', 'code', NULL, 'stack', NULL,
   'message', 'The worker ' || lost.leased_by || ' gave no sign of life until '
     || 'its lease ran out.')"""
_CHANGES = f"""jsonb_build_object('status', status) || CASE status
  WHEN 'QUEUED' THEN {changed(("next_attempt_at",))}
  WHEN 'FAILED' THEN {changed(("finished", "success", "result", "failure_kind"))}
  ELSE {changed(("finished", "cancel_outcome", "cancel_confirmed_at"))} END"""

# The fence rises, so that the lost worker, should it live after all, can write nothing.
_RESCUE = f"""
WITH lost AS MATERIALIZED (
  SELECT id, leased_by FROM worker_jobs
   WHERE status = 'RUNNING' AND executor = 'internal' AND leased_until < $1
   ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET status = {_NEXT}, version = version + 1, updated_at = $1, fence = fence + 1,
         leased_by = NULL, leased_until = NULL,
         next_attempt_at = CASE ({_NEXT}) WHEN 'QUEUED' THEN $1 END,
         finished = CASE WHEN ({_NEXT}) <> 'QUEUED' THEN $1 END,
         success = CASE ({_NEXT}) WHEN 'FAILED' THEN false END,
         failure_kind = CASE ({_NEXT}) WHEN 'FAILED' THEN 'CRASHED' END,
         result = CASE ({_NEXT})
           WHEN 'FAILED' THEN jsonb_build_object('error', {_FAILURE}) END,
         cancel_outcome = CASE ({_NEXT})
           WHEN 'CANCELED' THEN 'STOPPED' ELSE j.cancel_outcome END,
         cancel_confirmed_at = CASE ({_NEXT})
           WHEN 'CANCELED' THEN $1 ELSE j.cancel_confirmed_at END
    FROM lost
   WHERE j.id = lost.id
  RETURNING j.*, {_FAILURE} AS failure),
e AS ({
    append_events(
        "u",
        kind="CASE status WHEN 'QUEUED' THEN 'ATTEMPT_FAILED' ELSE status END",
        from_status="'RUNNING'",
        changes=_CHANGES,
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
        detail=f"CASE status WHEN 'CANCELED' THEN {SettledBy.LEASE.sql} END",
    )
}),
a AS (
  UPDATE job_attempts a
     SET status = 'LOST', finished_at = $1, failure_kind = 'CRASHED',
         failure = u.failure, retry_at = u.next_attempt_at
    FROM u WHERE a.job_id = u.id AND a.number = u.attempts),
s AS ({release_slots("u")})
SELECT count(*) FROM u"""


async def rescue(connection: Connection, *, now: datetime, limit: int = 100) -> int:
    """End attempts whose lease ran out: RUNNING → QUEUED, FAILED or CANCELED.

    The attempt is LOST and counts: a job that kills its worker each time ends FAILED
    after its last attempt. With a cancel pending the job is CANCELED. One statement;
    any number of processes may run it at once.

    Returns:
        How many were moved; `limit` means that there may be more.
    """
    moved: int = await connection.fetchval(_RESCUE, now, limit)
    return moved
