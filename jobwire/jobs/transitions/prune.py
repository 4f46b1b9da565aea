"""Prune: rows of jobs that are over for long enough go, and their events with them.

The one place where a row of `worker_jobs` or of the event log is deleted.
"""

from dataclasses import dataclass
from datetime import datetime

from jobwire.jobs import counts
from jobwire.jobs.retention import Prunable
from jobwire.models.database import Connection

#: How many jobs one statement takes at most.
MOST_JOBS = 500
#: How many events go with them, about: behind this many no further job is taken.
MOST_EVENTS = 5_000

# Each place is a range of an index that has the order, too: whatever the statistics
# say, nothing is to be sorted.
_PLAN_SETTINGS = (
    "SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off;"
    " SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
)
_ENDED = (
    "(status, finished) >= ($5::text, '-infinity') AND (status, finished) < ($5, $1)"
    " AND finished IS NOT NULL AND deleted_at IS NULL ORDER BY status, finished"
)
_DELETED = (
    "deleted_at IS NOT NULL AND deleted_at < $1 AND $5::text IS NOT NULL"
    " ORDER BY deleted_at"
)


def _find(place: str) -> str:
    """Write the statement that locks the oldest of a place, as many as is quick.

    Their last event must be in every snapshot that is taken from now on: whoever reads
    on from a younger one was given it, and an older one lies below the floor, which
    rises with the rows.
    """
    return f"""
WITH seen AS MATERIALIZED (
  SELECT id, version, updated_at, row_number() OVER () AS place FROM (
    SELECT id, version, updated_at FROM worker_jobs
     WHERE {place} LIMIT $3 FOR UPDATE SKIP LOCKED) AS oldest),
few AS MATERIALIZED (
  SELECT id FROM (
    SELECT id, updated_at, sum(version) OVER (ORDER BY place) - version AS before
      FROM seen) AS counted
   WHERE before < $4 AND updated_at < $2),
aged AS MATERIALIZED (
  SELECT few.id, newest.xid
    FROM few CROSS JOIN LATERAL (
      SELECT max(xid::text::bigint) AS xid FROM job_events
       WHERE job_id = few.id) AS newest
   WHERE newest.xid IS NULL
      OR newest.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
SELECT ARRAY(SELECT id FROM aged) AS ids, (SELECT max(xid) FROM aged) AS xid,
       (SELECT count(*) FROM seen) = $3
         OR (SELECT sum(version) FROM seen) > $4 AS is_full"""


_FIND_ENDED = _find(_ENDED)
_FIND_DELETED = _find(_DELETED)
_RAISE_FLOOR = """
UPDATE feed_state SET floor = ($1::bigint + 1)::text::xid8
 WHERE floor::text::bigint <= $1"""
# Events, attempts, logs and observations go with their jobs. A notification arrives
# though its job is gone, but not though it was deleted.
_REMOVE = """
WITH gone AS (
  DELETE FROM worker_jobs WHERE id = ANY($1::uuid[]) RETURNING id, deleted_at),
told AS (
  DELETE FROM notifications n USING gone
   WHERE n.job_id = gone.id AND gone.deleted_at IS NOT NULL)
SELECT count(*) FROM gone"""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one statement took.

    Attributes:
        count: How many rows.
        has_more: Whether more may be due already.
    """

    count: int
    has_more: bool


async def prune(
    connection: Connection,
    what: Prunable,
    *,
    before: datetime,
    events_before: datetime,
    limit: int = MOST_JOBS,
    most_events: int = MOST_EVENTS,
) -> Pruned:
    """Take away the jobs that have been over for longest, with all that is theirs.

    One short transaction, so that no reader finds a job without its events, counts of
    what is gone, or a cursor for which some are missing that is not answered with a
    reset. Rows that somebody has locked are left for later. An open job is never taken.

    Args:
        connection: One that is in no transaction.
        what: Jobs of one end, or deleted ones.
        before: They ended, or were deleted, before that.
        events_before: Their last event is older than that.
        limit: How many at most.
        most_events: Behind about so many events no further job is taken.
    """
    find = _FIND_DELETED if what is Prunable.DELETED else _FIND_ENDED
    async with connection.transaction():
        await connection.execute(_PLAN_SETTINGS)
        found = await connection.fetchrow(
            find, before, events_before, limit, most_events, what.value
        )
        if not found["ids"]:
            return Pruned(0, has_more=False)
        await counts.forget(connection, found["ids"])
        if found["xid"] is not None:
            await connection.execute(_RAISE_FLOOR, found["xid"])
        count: int = await connection.fetchval(_REMOVE, found["ids"])
    return Pruned(count, found["is_full"])
