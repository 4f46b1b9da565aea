"""Reads of the event log: what one snapshot sees and another did not.

Ids of a sequence become visible out of order, so `id > cursor` loses rows. A row keeps
the transaction that wrote it; what is new since a snapshot is what was written by a
transaction that had not ended in it: two ranges of the primary key. In their order of
ids the events of a job come in the order of its versions, because each is inserted
while its transaction holds the lock of the job's row.

Only the primary may be asked: a standby's snapshots do not name what is in progress.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.epoch import WITNESSED_EPOCH
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.job import JSON_COLUMNS, Event, Job
from jobwire.jobs.long_json import LEFT_OUT, short
from jobwire.models.database import Connection

#: Events read at once.
PAGE = 500

#: Holds the planner to the ranges of the index. Without statistics, or with a generic
#: plan, it expects a third of the log behind every snapshot and reads the whole table.
PLAN_SETTINGS = {"enable_seqscan": "off", "max_parallel_workers_per_gather": "0"}

_NEW_EPOCH = (
    "The event log began a new epoch, after a crash or a restore of the database."
)
_TOO_OLD = "The cursor is older than the events that are kept."

_STATE = f"""
SELECT pg_current_snapshot() AS snapshot, {WITNESSED_EPOCH} AS epoch,
       (SELECT floor::text FROM feed_state) AS floor"""

_EVENT = ", ".join(
    f"e.{name}::text AS event_{name}"
    if name in JSON_COLUMNS
    else f"e.{name} AS event_{name}"
    for name in Event.names()
)
#: The same without changes that are long, but for what filters ask about.
_LEAN_EVENT = f"""{_EVENT.replace("e.changes::text", short("e.changes"))},
       CASE WHEN {short("e.changes")} = '{LEFT_OUT}'
            THEN (SELECT COALESCE(jsonb_object_agg(key, value), '{{}}')::text
                    FROM jsonb_each(e.changes)
                   WHERE key IN ('attention', 'trigger_run_id')) END AS event_named"""

# $1 the base, $2 the target, $3 the last event given.
_UNSEEN = """
    SELECT * FROM job_events WHERE xid >= pg_snapshot_xmax($1::text::pg_snapshot)
     UNION ALL
    SELECT * FROM job_events
     WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))"""
_NOT_GIVEN = "pg_visible_in_snapshot(xid, s.target) AND id > $3"


#: Of a job's row what is told of it elsewhere: why it failed, but no data, no output.
_LEAN = {
    "data": "'null' AS data",
    "result": "CASE WHEN NOT success THEN result::text END AS result",
    "metadata": "'{}' AS metadata",
}
_LEAN_COLUMNS = ", ".join(
    _LEAN.get(name) or (f"{name}::text AS {name}" if name in JSON_COLUMNS else name)
    for name in Job.names()
)


def _read(
    source: str, condition: str, *, event: str = _EVENT, columns: str | None = None
) -> str:
    """Write a read of one page of events, each with its job's row of the same moment.

    Deleted jobs are among them, erased: their readers are to learn of it, and to miss
    no version. The events are limited before their jobs are looked up, one by one, by
    the primary key.
    """
    columns = columns or Job.columns()
    return f"""
WITH s AS (
  SELECT state.*, COALESCE($2::text::pg_snapshot, state.snapshot) AS target
    FROM ({_STATE}) AS state)
SELECT s.snapshot::text, s.epoch, s.floor, s.target::text AS target,
       e.id AS event_id, {event}, j.*
  FROM s
  LEFT JOIN LATERAL (
    SELECT * FROM ({source}) AS unseen WHERE {_NOT_GIVEN} AND {condition}
     ORDER BY id LIMIT {PAGE}) AS e ON true
  LEFT JOIN LATERAL (
    SELECT {columns} FROM worker_jobs
      WHERE id = e.job_id LIMIT 1) AS j ON true
 ORDER BY e.id"""


_READ_LOG = _read(
    _UNSEEN, "($4 OR job_id = ANY ($5::uuid[]) OR user_id = ANY ($6::text[]))"
)
_READ_LEAN = _read(
    _UNSEEN,
    "(from_status IS DISTINCT FROM to_status OR kind = ANY ($4::text[]))",
    columns=_LEAN_COLUMNS,
)
_OF_JOB = (
    """SELECT * FROM job_events
        WHERE job_id = $4 AND ($5::text IS NULL OR user_id = $5)
          AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)""",
    "true",
)
_OF_LIST = (
    _UNSEEN,
    """($4::text IS NULL OR user_id = $4)
       AND EXISTS (
         SELECT FROM worker_jobs j WHERE j.id = job_id
            AND ($5::uuid[] IS NULL OR j.id = ANY ($5))
            AND ($6::text[] IS NULL OR j.type = ANY ($6))
            AND ($7::text[] IS NULL OR j.tag = ANY ($7) OR j.deleted_at IS NOT NULL)
            AND ($8::text[] IS NULL OR j.user_id = ANY ($8))
            AND ($9::timestamptz IS NULL OR j.created_at >= $9)
            AND ($10::timestamptz IS NULL OR j.created_at < $10))""",
)
_LEAN_ROWS = {"event": _LEAN_EVENT, "columns": Job.columns(lean=True)}
_READ_OF_JOB, _READ_LEAN_OF_JOB = _read(*_OF_JOB), _read(*_OF_JOB, **_LEAN_ROWS)
_READ_OF_LIST, _READ_LEAN_OF_LIST = _read(*_OF_LIST), _read(*_OF_LIST, **_LEAN_ROWS)


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stood for one statement.

    Attributes:
        snapshot: What the statement saw.
        epoch: The epoch that held; None: none did.
        floor: Events of older transactions may be gone.
    """

    snapshot: Snapshot
    epoch: UUID | None
    floor: int

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what every statement of this module selects."""
        return cls(
            Snapshot.parse(record["snapshot"]), record["epoch"], int(record["floor"])
        )

    def why_stale(self, position: Position) -> str | None:
        """Say why nothing complete can be read from a position; None: it can."""
        if position.epoch != self.epoch:
            return _NEW_EPOCH
        if position.base.xmin < self.floor:
            return _TOO_OLD
        return None


@dataclass(frozen=True, slots=True)
class LogPage:
    """What one read found.

    Attributes:
        state: How the log stood for it.
        entries: In the order in which they are to be given.
        end: Where a reader stands that was given all of them.
    """

    state: LogState
    entries: list[Entry]
    end: Position

    @property
    def is_last(self) -> bool:
        """Whether nothing more is to be read up to the target."""
        return self.end.target is None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose events are wanted, by anybody.

    Attributes:
        everything: All of them; the rest is then of no account.
        job_ids: Those of these jobs.
        user_ids: Those of these users' jobs.
    """

    everything: bool
    job_ids: Sequence[UUID] = ()
    user_ids: Sequence[str] = ()

    @property
    def anything(self) -> bool:
        """Whether there is anybody who wants any."""
        return self.everything or bool(self.job_ids or self.user_ids)


@asynccontextmanager
async def planned(connection: Connection, **more: str) -> AsyncIterator[None]:
    """Have `PLAN_SETTINGS`, and more, in a transaction that ends with the block."""
    async with connection.transaction():
        settings = {**PLAN_SETTINGS, **more}
        await connection.execute(
            "; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items())
        )
        yield


async def read_state(connection: Connection) -> LogState:
    """Read where the log stands now, and nothing of what it holds."""
    record = await connection.fetchrow(
        f"SELECT snapshot::text, epoch, floor FROM ({_STATE}) AS state"
    )
    return LogState.from_record(record)


async def read_log(
    connection: Connection,
    position: Position,
    wanted: Wanted,
) -> LogPage:
    """Read a page of what follows a position, up to its target or else up to now.

    Args:
        connection: One with `PLAN_SETTINGS`.
        position: What was given already.
        wanted: Whose events to read; others count as given.
    """
    return await _page(
        connection,
        _READ_LOG,
        position,
        (wanted.everything, list(wanted.job_ids), list(wanted.user_ids)),
    )


async def read_lean(
    connection: Connection, position: Position, kinds: Collection[str]
) -> LogPage:
    """Read a page of the changes of status, and of events of some kinds, of all jobs.

    The rows of their jobs come without data, output and metadata.

    Args:
        connection: One with `PLAN_SETTINGS`.
        position: What was given already.
        kinds: Other events to read; the rest counts as given.
    """
    return await _page(connection, _READ_LEAN, position, (list(kinds),))


async def read_missed(
    connection: Connection, position: Position, interest: Interest, *, lean: bool
) -> LogPage:
    """Read a page of what one reader missed between a position and its target.

    Args:
        connection: One with `PLAN_SETTINGS`.
        position: What the reader was given, and up to where to read.
        interest: What the reader follows.
        lean: Leave out long JSON; see `jobwire.jobs.long_json`.
    """
    if interest.job_id is not None:
        return await _page(
            connection,
            _READ_LEAN_OF_JOB if lean else _READ_OF_JOB,
            position,
            (interest.job_id, interest.user_id),
        )
    chosen = interest.filter

    def alternatives(values: tuple[Any, ...] | None) -> list[Any] | None:
        return None if values is None else list(values)

    return await _page(
        connection,
        _READ_LEAN_OF_LIST if lean else _READ_OF_LIST,
        position,
        (
            interest.user_id,
            alternatives(chosen.ids),
            alternatives(chosen.types),
            alternatives(chosen.tags),
            alternatives(chosen.user_ids),
            chosen.created_from,
            chosen.created_until,
        ),
    )


async def _page(
    connection: Connection,
    statement: str,
    position: Position,
    arguments: tuple[Any, ...],
) -> LogPage:
    records = await connection.fetch(
        statement,
        str(position.base),
        None if position.target is None else str(position.target),
        position.last_id,
        *arguments,
    )
    first, last = records[0], records[-1]
    target = Snapshot.parse(first["target"])
    # Several events of one job share its row: it is read once.
    jobs: dict[UUID, Job] = {}
    entries = []
    for record in records:
        # It is null when there is no event.
        job_id = record["id"]
        if job_id is not None:
            job = jobs.get(job_id)
            if job is None:
                job = jobs[job_id] = Job.from_record(record)
            event = Event(*[record[f"event_{name}"] for name in Event.names()])
            named = record.get("event_named")
            entries.append(Entry(record["event_id"], event, job, named))
    if len(records) < PAGE:
        end = Position(position.epoch, target)
    else:
        end = Position(position.epoch, position.base, target, last["event_id"])
    return LogPage(LogState.from_record(first), entries, end)
