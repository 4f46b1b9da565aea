"""Reads of the event log: what one snapshot sees and another did not.

Ids of a sequence become visible out of order, so `id > cursor` loses rows. A row keeps
the transaction that wrote it; what is new since a snapshot is what was written by a
transaction that had not ended in it: two ranges of the primary key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Event, Job
from jobwire.jobs.queries import AS_OF_COLUMNS, AsOf
from jobwire.models.database import Connection

#: Every job.
ALL = JobFilter()

#: Events read at once.
PAGE = 500

_EVENT = ", ".join(
    column.replace(" AS ", " AS e_")
    if " AS " in column
    else f"{column} AS e_{column.removeprefix('e.')}"
    for column in Event.columns("e").split(", ")
)
_ENTRY = f"e.xid::text AS xid, e.id AS event_id, {_EVENT}, {Job.columns('j')}"

# $1 the base, $2 the target, $3 the last event given, $4 how many.
_UNSEEN = """
  SELECT e.* FROM job_events e
   WHERE e.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
   UNION ALL
  SELECT e.* FROM job_events e
   WHERE e.xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))"""

_READ = f"""
WITH s AS (
  SELECT {AS_OF_COLUMNS},
         COALESCE($2::text::pg_snapshot, pg_current_snapshot()) AS target),
unseen AS ({_UNSEEN})
SELECT s.as_of_snapshot, s.as_of_epoch, s.as_of_system_identifier,
       s.as_of_database_oid, s.target::text AS target, d.*
  FROM s LEFT JOIN LATERAL (
    SELECT {_ENTRY} FROM unseen e JOIN worker_jobs j ON j.id = e.job_id
     WHERE pg_visible_in_snapshot(e.xid, s.target) AND e.id > $3
     ORDER BY e.id LIMIT $4) d ON true
 ORDER BY d.event_id"""

_CATCH_UP = f"""
WITH unseen AS ({_UNSEEN})
SELECT {_ENTRY} FROM unseen e JOIN worker_jobs j ON j.id = e.job_id
 WHERE pg_visible_in_snapshot(e.xid, $2::text::pg_snapshot) AND e.id > $3
   AND ($5::uuid IS NULL OR e.job_id = $5) AND ($6::text IS NULL OR e.user_id = $6)
   AND j.deleted_at IS NULL
   AND ($7::uuid[] IS NULL OR j.id = ANY ($7))
   AND ($8::text[] IS NULL OR j.type = ANY ($8))
   AND ($9::text[] IS NULL OR j.tag = ANY ($9))
   AND ($10::text[] IS NULL OR j.user_id = ANY ($10))
 ORDER BY e.id LIMIT $4"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as the log gives it.

    Attributes:
        xid: The transaction that wrote it.
        id: Its place within a read.
        event: The event.
        job: The job as it was read with it; its version may be ahead of the event's.
    """

    xid: int
    id: int
    event: Event
    job: Job

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Entry":
        """Read what the log selected."""
        event = Event(*[record[f"e_{name}"] for name in Event.names()])
        return cls(
            int(record["xid"]), record["event_id"], event, Job.from_record(record)
        )


@dataclass(frozen=True, slots=True)
class Interest:
    """What a reader follows.

    Attributes:
        job_id: Only this job; None: any.
        user_id: Only this user's jobs, the wall; None: everybody's.
        filter: Only jobs that match it.
    """

    job_id: UUID | None = None
    user_id: str | None = None
    filter: JobFilter = ALL


@dataclass(frozen=True, slots=True)
class LogPage:
    """What one read found.

    Attributes:
        entries: In the order in which they are to be given.
        target: The snapshot that the read, with its further pages, leads to.
        is_last: Whether nothing more is to be read up to the target.
        as_of: The witness at the time of this read.
    """

    entries: list[Entry]
    target: Snapshot
    is_last: bool
    as_of: AsOf


async def read_log(connection: Connection, position: Position) -> LogPage:
    """Read what was written since a position, up to now or up to its target."""
    records = await connection.fetch(
        _READ,
        str(position.base),
        None if position.target is None else str(position.target),
        position.last_id,
        PAGE,
    )
    entries = [
        Entry.from_record(record)
        for record in records
        if record["event_id"] is not None
    ]
    return LogPage(
        entries,
        Snapshot.parse(records[0]["target"]),
        len(entries) < PAGE,
        AsOf.from_record(records[0]),
    )


async def read_missed(
    connection: Connection,
    position: Position,
    target: Snapshot,
    interest: Interest,
) -> list[Entry]:
    """Read up to a page of what a reader missed between a position and a snapshot.

    Args:
        connection: Any connection of ours, to the primary.
        position: What the reader was given; its own target is not looked at.
        target: Up to where.
        interest: What the reader follows.
    """
    chosen = interest.filter

    def alternatives(values: tuple[Any, ...] | None) -> list[Any] | None:
        return None if values is None else list(values)

    records = await connection.fetch(
        _CATCH_UP,
        str(position.base),
        str(target),
        position.last_id,
        PAGE,
        interest.job_id,
        interest.user_id,
        alternatives(chosen.ids),
        alternatives(chosen.types),
        alternatives(chosen.tags),
        alternatives(chosen.user_ids),
    )
    return [Entry.from_record(record) for record in records]
