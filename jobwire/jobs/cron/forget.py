"""Forget: rows of job schedules that were deleted for long enough go."""

from datetime import datetime

from jobwire.models.database import Connection

# What Trigger.dev is yet to be told has to stay until then.
_FORGET = """
WITH gone AS (
  DELETE FROM job_schedules WHERE id = ANY (ARRAY(
    SELECT id FROM job_schedules
     WHERE deleted_at < $1 AND deleted_at IS NOT NULL AND sync_state IS NULL
     ORDER BY deleted_at LIMIT $2))
  RETURNING id)
SELECT count(*) FROM gone"""


async def forget_schedules(
    connection: Connection, *, before: datetime, limit: int
) -> int:
    """Take away deleted schedules, the oldest first; their jobs stay.

    Args:
        connection: Any connection.
        before: They were deleted before that.
        limit: How many at most.

    Returns:
        How many; `limit` means that there may be more.
    """
    count: int = await connection.fetchval(_FORGET, before, limit)
    return count
