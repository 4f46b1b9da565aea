"""Keeping the counts: a batch of events at a time, and now and then every job anew."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from jobwire.jobs.counts.log import (
    CHANGES,
    IS_CHANGE,
    IS_HERE,
    KEY,
    PLAN_SETTINGS,
    STATE,
    Cursor,
    add,
    cursor_behind,
    order,
    uncounted,
)
from jobwire.jobs.feed.epoch import DATABASE_OID, SYSTEM_IDENTIFIER
from jobwire.jobs.feed.log import planned
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.models.database import Connection

log = logging.getLogger(__name__)

#: Events that are counted at once.
BATCH = 5_000
#: Jobs that are counted anew at once, before and after all have been counted once.
FIRST_SLICE = 20_000
SLICE = 2_000
#: Differences that one recount names in the log.
MOST_NAMED = 10

_DUE = """NOT is_complete OR recounted_to IS NOT NULL
       OR recounted_at < $1::timestamptz
       OR epoch IS DISTINCT FROM (SELECT epoch FROM feed_state)"""
_HAS_WORK = f"""
WITH s AS ({STATE})
SELECT EXISTS ({uncounted(1)}) OR (SELECT {_DUE} OR NOT {IS_HERE} FROM job_counts_state)
  FROM s"""
_LOCK = f"""
SELECT {IS_HERE} AS is_here, is_complete, recounted_to IS NOT NULL AS is_recounting,
       {_DUE} AS is_due
  FROM job_counts_state FOR UPDATE"""

_MOVE = """
UPDATE job_counts_state
   SET snapshot = $1, partial_xid = $2::text::xid8, partial_id = $3"""

# Whoever is somewhere else begins with what can be seen there now: what that does not
# see and is there all the same was written by transactions of the other place.
_BEGIN_HERE = f"""
UPDATE job_counts_state
   SET system_identifier = {SYSTEM_IDENTIFIER}, database_oid = {DATABASE_OID},
       is_complete = false, snapshot = now.snapshot::text, partial_xid = '0',
       partial_id = 0, foreign_id = GREATEST(
         (SELECT max(id) FROM job_events WHERE xid >= pg_snapshot_xmax(now.snapshot)),
         (SELECT max(id) FROM job_events
           WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip(now.snapshot)))), 0)
  FROM (SELECT pg_current_snapshot() AS snapshot) AS now"""
_BEGIN_RECOUNT = """
WITH forgotten AS (DELETE FROM job_recounts)
UPDATE job_counts_state
   SET recounted_to = '00000000-0000-0000-0000-000000000000',
       epoch = (SELECT epoch FROM feed_state)"""
# The jobs as they stand, less what is not counted yet of what happened to them: as the
# counts have them. From then on their events change both tables.
_RECOUNT = f"""
WITH s AS ({STATE}),
slice AS MATERIALIZED (
  SELECT j.* FROM s CROSS JOIN LATERAL (
    SELECT id, {KEY}, deleted_at FROM worker_jobs
     WHERE id > s.recounted_to ORDER BY id LIMIT $1) AS j),
r AS MATERIALIZED (
  SELECT {KEY}, count(*) AS delta FROM slice WHERE deleted_at IS NULL
   GROUP BY 1, 2, 3, 4, 5
   UNION ALL
  SELECT j.user_id, j.type, j.executor, j.queue, c.status, -sum(c.delta)
    FROM ({uncounted(None)}) AS e JOIN slice j ON j.id = e.job_id
   CROSS JOIN LATERAL {CHANGES}
   WHERE c.status IS NOT NULL AND {IS_CHANGE}
   GROUP BY 1, 2, 3, 4, 5),
added AS ({add("job_recounts", "r")}),
moved AS (
  UPDATE job_counts_state
     SET recounted_to = (SELECT id FROM slice ORDER BY id DESC LIMIT 1)
   WHERE EXISTS (SELECT FROM slice))
SELECT count(*) FROM slice"""
_COMPARE = f"""
WITH wrong AS MATERIALIZED (
  SELECT {KEY}, COALESCE(c.count, 0) AS kept, COALESCE(r.count, 0) AS found
    FROM job_counts c FULL JOIN job_recounts r USING ({KEY})
   WHERE COALESCE(c.count, 0) <> COALESCE(r.count, 0)),
corrected AS (
  INSERT INTO job_counts ({KEY}, count) SELECT {KEY}, found FROM wrong
  ON CONFLICT ({KEY}) DO UPDATE SET count = excluded.count)
SELECT *, count(*) OVER () AS total FROM wrong ORDER BY {KEY} LIMIT {MOST_NAMED}"""
_END_RECOUNT = """
WITH forgotten AS (DELETE FROM job_recounts),
gone AS (DELETE FROM job_counts WHERE count = 0)
UPDATE job_counts_state
   SET recounted_to = NULL, recounted_at = $1, is_complete = true"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one step did.

    Attributes:
        events: How many events it looked at.
        has_more: Whether more of them wait than fit in a batch.
        is_recounting: Whether jobs are being counted anew, and some are left.
        is_complete: Whether every job has been counted once.
        corrected: How many counts were wrong; only a recount that ends can tell.
    """

    events: int
    has_more: bool
    is_recounting: bool
    is_complete: bool
    corrected: int = 0


async def has_work(
    connection: Connection, *, now: datetime, recount_after: timedelta
) -> bool:
    """Whether there is anything to do for `keep_counts`; it takes no lock."""
    async with planned(connection, **PLAN_SETTINGS):
        return bool(await connection.fetchval(_HAS_WORK, now - recount_after))


async def keep_counts(
    connection: Connection,
    *,
    now: datetime,
    recount_after: timedelta | None = None,
    batch: int = BATCH,
    slice: int | None = None,
) -> Kept:
    """Count a batch of events; when none are left, a slice of the jobs anew.

    Its own transaction, which holds the state: any number of processes may ask, one
    works at a time. Where nothing was counted yet, or something in another cluster,
    everything is counted anew. Otherwise a recount is a repair: the counts stay exact
    meanwhile, and what was wrong in them is corrected and logged when it ends.

    Args:
        connection: Any connection of ours, outside a transaction.
        now: When it is asked.
        recount_after: Count all jobs anew when that was last done so long ago, or
            before a crash; None: only when it has to be done.
        batch: Events at most.
        slice: Jobs at most; None: fewer when they have been counted before.
    """
    async with planned(connection, **PLAN_SETTINGS):
        due = None if recount_after is None else now - recount_after
        state = await connection.fetchrow(_LOCK, due)
        is_complete = state["is_here"] and state["is_complete"]
        is_recounting = state["is_here"] and state["is_recounting"]
        if not state["is_here"]:
            await connection.execute(_BEGIN_HERE)
        if not is_recounting and (
            not is_complete or (recount_after is not None and state["is_due"])
        ):
            await connection.execute(_BEGIN_RECOUNT)
            is_recounting = True
        events = await _count(connection, batch)
        has_more, corrected = events == batch, 0
        if is_recounting and not has_more:
            size = slice or (SLICE if is_complete else FIRST_SLICE)
            is_recounting = await connection.fetchval(_RECOUNT, size) == size
            if not is_recounting:
                corrected = await _end_recount(connection, now, is_repair=is_complete)
                is_complete = True
        return Kept(
            events=events,
            has_more=has_more,
            is_recounting=is_recounting,
            is_complete=is_complete,
            corrected=corrected,
        )


async def _count(connection: Connection, batch: int) -> int:
    """Count a batch of events; return how many they were."""
    page = await connection.fetchrow(_count_sql(batch))
    size: int = page["size"]
    if not size:
        # The cursor stays where it is: to move it would be the only thing written.
        return 0
    now = Snapshot.parse(page["now"])
    if size < batch:
        cursor = Cursor(now)
    else:
        last = int(page["xid"]), page["id"]
        before = Cursor(
            Snapshot.parse(page["base"]), int(page["partial_xid"]), page["partial_id"]
        )
        cursor = cursor_behind(before, now, last)
    await connection.execute(
        _MOVE, str(cursor.snapshot), str(cursor.partial_xid), cursor.partial_id
    )
    return size


async def _end_recount(
    connection: Connection, now: datetime, *, is_repair: bool
) -> int:
    """Correct what is wrong; return how many counts of a repair that were."""
    wrong = await connection.fetch(_COMPARE)
    await connection.execute(_END_RECOUNT, now)
    if not is_repair or not wrong:
        return 0
    total: int = wrong[0]["total"]
    log.warning(
        "%d counts of jobs were wrong and are corrected: %s",
        total,
        "; ".join(
            f"{one['user_id'] or 'all users'}, {one['type']}, {one['executor']},"
            f" {one['queue']}, {one['status']}: {one['kept']}, found {one['found']}"
            for one in wrong
        ),
        extra={"action": "counts-corrected"},
    )
    return total


@cache
def _count_sql(batch: int) -> str:
    return f"""
WITH s AS ({STATE}),
page AS MATERIALIZED ({uncounted(batch)}),
seen AS (
  SELECT j.*, e.kind, e.from_status, e.to_status,
         e.job_id <= s.recounted_to AS is_recounted, count(*) AS events
    FROM s CROSS JOIN page e
    CROSS JOIN LATERAL (
      SELECT user_id, type, executor, queue FROM worker_jobs
       WHERE id = e.job_id LIMIT 1) AS j
   WHERE {IS_CHANGE}
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8),
r AS MATERIALIZED (
  SELECT user_id, type, executor, queue, c.status, is_recounted,
         sum(c.delta * events) AS delta
    FROM seen e CROSS JOIN LATERAL {CHANGES}
   WHERE c.status IS NOT NULL
   GROUP BY 1, 2, 3, 4, 5, 6),
counted AS ({add("job_counts", "r")}),
recounted AS ({add("job_recounts", "(SELECT * FROM r WHERE is_recounted) AS r")})
SELECT s.base::text, s.now::text, s.partial_xid::text, s.partial_id,
       (SELECT count(*) FROM page) AS size, last.xid::text, last.id
  FROM s LEFT JOIN LATERAL (
    SELECT xid, id FROM page ORDER BY {order("DESC")} LIMIT 1) AS last ON true"""
