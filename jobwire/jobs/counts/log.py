"""What the counts make of the event log: which events are in them, and what each does.

The cursor is a snapshot, so what is not counted is what a later snapshot sees and it
does not (`feed.log`). Sums have no order, so the events are read by transaction, which
is the order of their index, and a batch may end amid one: the cursor then is the part
of the later snapshot that was read, and how far the last transaction was.

It outlives a crash of PostgreSQL. It is written in the transaction that counts, whose
commit lies in the WAL behind the end of every transaction that its snapshot saw ended.
Whatever state a recovery comes to, these ends are in it, and no id that it takes for
ended is given again. Only another cluster has other transactions: there everything is
counted anew.
"""

from dataclasses import dataclass

from jobwire.jobs.feed.epoch import DATABASE_OID, SYSTEM_IDENTIFIER
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.models.vocabulary import EventKind

KEY = "user_id, type, executor, queue, status"

#: SQL: whether the counts are those of this cluster and database.
IS_HERE = f"""COALESCE(system_identifier = {SYSTEM_IDENTIFIER}
       AND database_oid = {DATABASE_OID}, false)"""

#: SQL: the row of the state, with what this statement sees and where it reads on.
STATE = f"""
SELECT base, pg_current_snapshot() AS now, partial_xid, partial_id, foreign_id,
       recounted_to, is_complete AND {IS_HERE} AS is_exact,
       GREATEST(partial_xid, pg_snapshot_xmax(base)) AS low_xid,
       CASE WHEN partial_xid >= pg_snapshot_xmax(base) THEN partial_id ELSE 0 END
         AS low_id
  FROM (SELECT *, snapshot::pg_snapshot AS base FROM job_counts_state) AS state"""

#: SQL: whether the event e is counted, by the state s.
IS_COUNTED = """(pg_visible_in_snapshot(e.xid, s.base) OR e.id <= s.foreign_id
        OR (e.xid = s.partial_xid AND e.id <= s.partial_id))"""

#: SQL: what the event e does to the counts, beside its job's unchanging columns.
CHANGES = f"""(VALUES
        (e.to_status, CASE e.kind WHEN '{EventKind.DELETED}' THEN -1 ELSE 1 END),
        (CASE e.kind WHEN '{EventKind.DELETED}' THEN NULL ELSE e.from_status END, -1))
        AS c (status, delta)"""
#: SQL: whether it does anything; what has no status in `CHANGES` does not.
IS_CHANGE = f"""(e.kind = '{EventKind.DELETED}'
          OR e.from_status IS DISTINCT FROM e.to_status)"""

#: Beside those of the feed: a bitmap has no order, so that a batch of what is not
#: counted would read and sort all of it.
PLAN_SETTINGS = {"enable_bitmapscan": "off"}

_COLUMNS = "xid, id, job_id, user_id, kind, from_status, to_status"


def uncounted(limit: int | None) -> str:
    """Write a read of the events that are visible and not counted, by the state s.

    Args:
        limit: How many at most, in `order`; None: all of them.
    """
    most = "" if limit is None else f"LIMIT {limit}"
    return f"""
    SELECT * FROM (
      (SELECT e.* FROM s CROSS JOIN LATERAL pg_snapshot_xip(s.base) AS open (xid)
         CROSS JOIN LATERAL (
           SELECT {_COLUMNS} FROM job_events
            WHERE xid = open.xid AND id > s.foreign_id
              AND id > CASE open.xid WHEN s.partial_xid THEN s.partial_id ELSE 0 END
              AND pg_visible_in_snapshot(xid, s.now)
            ORDER BY xid, id {most}) AS e)
      UNION ALL
      (SELECT e.* FROM s CROSS JOIN LATERAL (
         SELECT {_COLUMNS} FROM job_events
          WHERE (xid, id) > (s.low_xid, s.low_id) AND xid < pg_snapshot_xmax(s.now)
            AND id > s.foreign_id AND pg_visible_in_snapshot(xid, s.now)
          ORDER BY xid, id {most}) AS e)) AS uncounted
     ORDER BY {order()} {most}"""


def order(direction: str = "ASC") -> str:
    """Write the order of what is not counted: first the rest of what is in part."""
    partial = "(SELECT partial_xid FROM s)"
    return f"xid <> {partial} {direction}, xid {direction}, id {direction}"


def add(table: str, rows: str) -> str:
    """Write the statement that adds rows of (key, delta) to a table of counts.

    Beside those of each user it adds those of all of them together.
    """
    return f"""
    INSERT INTO {table} AS t ({KEY}, count)
    SELECT whose.user_id, type, executor, queue, status, sum(delta)
      FROM {rows} CROSS JOIN LATERAL (VALUES (r.user_id), ('')) AS whose (user_id)
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(delta) <> 0
    ON CONFLICT ({KEY}) DO UPDATE SET count = t.count + excluded.count"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which events are counted.

    Attributes:
        snapshot: Those that it sees.
        partial_xid: And those of this transaction, which it does not see,
        partial_id: up to this one.
    """

    snapshot: Snapshot
    partial_xid: int = 0
    partial_id: int = 0


def cursor_behind(before: Cursor, now: Snapshot, last: tuple[int, int]) -> Cursor:
    """Return the cursor behind a batch that did not reach the end.

    Args:
        before: What had been counted before.
        now: What the statement saw that read the batch.
        last: The xid and the id of the last event of the batch.
    """
    (xid, id), base, partial = last, before.snapshot, before.partial_xid
    if xid == partial:
        return Cursor(base, xid, id)
    if xid < base.xmax:
        # One that was in progress before: of what began later only the rest of what had
        # been counted in part was read.
        xmax = max(base.xmax, partial + 1)
        open = tuple(
            one
            for one in base.in_progress
            if one != partial and (one >= xid or not now.sees(one))
        )
    else:
        xmax = xid
        open = tuple(one for one in now.in_progress if one < xid)
    return Cursor(Snapshot(open[0] if open else xmax, xmax, open), xid, id)
