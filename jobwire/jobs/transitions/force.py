"""Force: jobs whose code did not stop within the grace of a forced cancel end."""

from datetime import datetime

from jobwire.jobs.lifecycle import Verb, sources
from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions.events import append_events, changed, literals
from jobwire.jobs.transitions.slots import release_slots
from jobwire.models.database import Connection

_SOURCES = literals(sources(Verb.FORCE))

# The fence rises, so that the worker that runs the code can write nothing any more; by
# its next sign of life it hears that the lease is lost.
_FORCE = f"""
WITH late AS MATERIALIZED (
  SELECT id, status FROM worker_jobs
   WHERE cancel_outcome = 'PENDING' AND cancel_mode = 'FORCE'
     AND cancel_grace_until <= $1 AND status IN ({_SOURCES})
   ORDER BY cancel_grace_until LIMIT $2 FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET status = 'CANCELED', version = version + 1, updated_at = $1, finished = $1,
         fence = fence + 1, leased_by = NULL, leased_until = NULL,
         next_attempt_at = NULL, cancel_outcome = 'FORCED_UNCONFIRMED',
         cancel_confirmed_at = $1
    FROM late WHERE j.id = late.id
  RETURNING j.*, late.status AS old_status),
e AS ({
    append_events(
        "u",
        kind="'CANCELED'",
        from_status="old_status",
        changes=changed(
            (
                "status",
                "finished",
                "next_attempt_at",
                "cancel_outcome",
                "cancel_confirmed_at",
            )
        ),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
        detail=SettledBy.GRACE.sql,
    )
}),
a AS (
  UPDATE job_attempts a SET status = 'LOST', finished_at = $1
    FROM u WHERE a.job_id = u.id AND a.status = 'RUNNING'),
s AS ({release_slots("u")})
SELECT count(*) FROM u"""


async def force(connection: Connection, *, now: datetime, limit: int = 100) -> int:
    """End jobs by force: QUEUED, RUNNING or WAITING → CANCELED, FORCED_UNCONFIRMED.

    Only those whose cancel has the mode FORCE and whose grace has passed. Their
    attempt is LOST: nobody told how it ended. One statement; any number of processes
    may run it at once. Both executors.

    Returns:
        How many were moved; `limit` means that there may be more.
    """
    moved: int = await connection.fetchval(_FORCE, now, limit)
    return moved
