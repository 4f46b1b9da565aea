"""Sync now: what waits to be told to Trigger.dev is told by a worker at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.models.database import Connection

# Whoever is being told keeps its failures: they are only tried again sooner.
_MAKE_DUE = """
UPDATE job_schedules SET sync_due_at = LEAST(sync_due_at, $1)
 WHERE sync_due_at IS NOT NULL AND ($2::uuid[] IS NULL OR id = ANY ($2))
RETURNING id"""


async def make_due(
    connection: Connection, ids: Sequence[UUID] | None, *, now: datetime
) -> list[UUID]:
    """Have Trigger.dev told of schedules when the worker that does so looks next.

    Args:
        connection: Any connection.
        ids: Which ones; None: all that it fires, or still has.
        now: When.

    Returns:
        Those that it is told of, by their ids.
    """
    records = await connection.fetch(_MAKE_DUE, now, None if ids is None else list(ids))
    return sorted(record["id"] for record in records)
