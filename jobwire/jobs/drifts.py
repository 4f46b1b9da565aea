"""Drifts: the corrections of reconciliation, over all jobs, the newest first."""

from dataclasses import dataclass

from jobwire.jobs.job import Event
from jobwire.jobs.queries import Page
from jobwire.models.database import Connection

#: Where an event stands in the log: its transaction, and its place in it.
Key = tuple[int, int]

#: Behind the newest of all events.
_NEWEST: Key = (2**64 - 1, 2**63 - 1)
_READ = f"""
SELECT {Event.columns(lean=True)}, xid::text AS xid, id AS place FROM job_events e
 WHERE kind = 'DRIFT_CORRECTED' AND (xid, id) < ($1::text::xid8, $2)
   AND EXISTS (SELECT FROM worker_jobs j
                WHERE j.id = e.job_id AND j.deleted_at IS NULL)
 ORDER BY xid DESC, id DESC LIMIT $3"""


@dataclass(frozen=True, slots=True)
class Drift:
    """A correction, and where it stands."""

    key: Key
    event: Event


async def read_drifts(
    connection: Connection, *, first: int, after: Key | None
) -> Page[Drift]:
    """Read one page of corrections, without long changes.

    Args:
        connection: Any connection.
        first: How many at most.
        after: The key that the page starts behind; None: with the newest.
    """
    xid, place = after or _NEWEST
    records = await connection.fetch(_READ, str(xid), place, first + 1)
    drifts = [
        Drift((int(one["xid"]), one["place"]), Event.from_record(one))
        for one in records[:first]
    ]
    return Page(drifts, len(records) > first, after is not None)
