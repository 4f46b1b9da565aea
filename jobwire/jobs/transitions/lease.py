"""Leases: signs of life of a worker, and what it hears in return."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.models.database import Connection

#: A job and the fence under which the worker holds it.
Held = tuple[UUID, int]

# Not a visible change: no version, no event. `leased_until` is in no index, so with
# the table's fillfactor these updates are HOT.
_EXTEND = """
UPDATE worker_jobs j SET leased_until = $4::timestamptz + $5::interval
  FROM unnest($1::uuid[], $2::bigint[]) AS d (id, fence)
 WHERE j.id = d.id AND j.fence = d.fence AND j.leased_by = $3
RETURNING j.id, j.cancel_outcome = 'PENDING' AS cancel_pending"""

_READ_CANCELS = """
SELECT j.id, j.cancel_grace_until FROM unnest($1::uuid[], $2::bigint[]) AS d (id, fence)
  JOIN worker_jobs j ON j.id = d.id
 WHERE j.fence = d.fence AND j.leased_by = $3 AND j.cancel_outcome = 'PENDING'"""


async def extend(
    connection: Connection,
    held: Sequence[Held],
    *,
    worker: str,
    lease: timedelta,
    now: datetime,
) -> dict[UUID, bool]:
    """Prolong leases; no status, version or event changes.

    Returns:
        For each job still held, whether a cancel is pending. A job that is missing
        was lost: its fence has risen, and nothing more may be written about it.
    """
    records = await connection.fetch(_EXTEND, *_columns(held), worker, now, lease)
    return {record["id"]: bool(record["cancel_pending"]) for record in records}


async def read_cancels(
    connection: Connection, held: Sequence[Held], *, worker: str
) -> dict[UUID, datetime | None]:
    """Return the held jobs that somebody asked to cancel; writes nothing.

    Returns:
        For each of them, until when its code may take to stop without being overdue.
    """
    records = await connection.fetch(_READ_CANCELS, *_columns(held), worker)
    return {record["id"]: record["cancel_grace_until"] for record in records}


def _columns(held: Sequence[Held]) -> tuple[list[UUID], list[int]]:
    # Always in the order of ids, so that two statements of a worker cannot deadlock.
    ordered = sorted(held)
    return [id for id, _ in ordered], [fence for _, fence in ordered]
