"""Acknowledge: the running code has been told to stop."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.transitions.lease import Held
from jobwire.models.database import Connection

_ACKNOWLEDGE = f"""
WITH u AS (
  UPDATE worker_jobs j
     SET cancel_acknowledged_at = $4, version = version + 1, updated_at = $4
    FROM unnest($1::uuid[], $2::bigint[]) AS d (id, fence)
   WHERE j.id = d.id AND j.fence = d.fence AND j.leased_by = $3
     AND j.cancel_outcome = 'PENDING' AND j.cancel_acknowledged_at IS NULL
  RETURNING j.*),
e AS ({
    append_events(
        "u",
        kind="'CANCEL_ACKNOWLEDGED'",
        from_status="status",
        changes=changed(("cancel_acknowledged_at",)),
        source="'WORKER'",
        actor="leased_by",
        now="updated_at",
    )
})
SELECT id FROM u"""


async def acknowledge(
    connection: Connection, held: Sequence[Held], *, worker: str, now: datetime
) -> set[UUID]:
    """Record that the code of jobs with a pending cancel was told; RUNNING stays.

    One statement. Returns the jobs for which this was news.
    """
    ordered = sorted(held)
    records = await connection.fetch(
        _ACKNOWLEDGE,
        [id for id, _ in ordered],
        [fence for _, fence in ordered],
        worker,
        now,
    )
    return {record["id"] for record in records}
