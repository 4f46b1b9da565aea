"""Leave: job schedules that an original goes on with stand still in its copy."""

from datetime import datetime

from jobwire.jobs.connections import SqlConnection

# Their schedules on Trigger.dev are the original's: here nothing is known of them.
_LEAVE = """
UPDATE job_schedules
   SET version = version + 1, updated_at = $1, is_paused = true, is_waiting = false,
       next_tick_at = NULL, trigger_schedule_id = NULL, trigger_environment = NULL,
       sync_error = NULL, sync_failures = 0,
       sync_state = CASE owner WHEN 'TRIGGER_DEV' THEN 'PENDING' END,
       sync_due_at = CASE owner WHEN 'TRIGGER_DEV' THEN $1::timestamptz END
 WHERE executor = 'trigger' AND deleted_at IS NULL
RETURNING id"""
_FORGET = """
UPDATE job_schedules
   SET trigger_schedule_id = NULL, sync_state = NULL, sync_due_at = NULL
 WHERE deleted_at IS NOT NULL AND sync_state IS NOT NULL"""


async def leave_schedules(connection: SqlConnection, *, now: datetime) -> int:
    """Pause the schedules of TRIGGER jobs, whoever fires them.

    Each that somebody resumes gets a schedule of its own on Trigger.dev, if that fires
    it. Must run inside the transaction that gives the copy its own name.

    Returns:
        How many there were.
    """
    await connection.fetch(_FORGET)
    return len(await connection.fetch(_LEAVE, now))
