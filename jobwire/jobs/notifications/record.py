"""Recording: events become notifications, each once, whatever is killed when.

One transaction reads a page of the log behind a durable cursor, inserts a row for each
event and target, and moves the cursor. Its row is locked meanwhile, so any number of
recorders do the work of one.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.epoch import read_epoch
from jobwire.jobs.feed.interest import Entry
from jobwire.jobs.feed.log import LogState, planned, read_lean, read_state
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.identifiers import new_id
from jobwire.jobs.notifications.message import message_type, write_message
from jobwire.jobs.notifications.targets import Targets
from jobwire.models.database import Connection

_log = logging.getLogger(__name__)

#: The duty whose holder records.
DUTY = "notifications"
#: How long a cursor may stand still while nothing is found: moving it is a commit.
STAND_STILL = timedelta(seconds=5)

_LOCK = """
SELECT epoch, base, target, last_id, moved_at FROM notification_cursor FOR UPDATE"""
_MOVE = """
INSERT INTO notification_cursor AS c (epoch, base, target, last_id, moved_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (only_row) DO UPDATE
   SET epoch = excluded.epoch, base = excluded.base, target = excluded.target,
       last_id = excluded.last_id, moved_at = excluded.moved_at
 WHERE $6"""
# What was read of a job that has been deleted meanwhile is not told any more.
_INSERT = """
INSERT INTO notifications
       (id, job_id, job_version, type, target, body, next_attempt_at, created_at)
SELECT id, job_id, version, type, target, body, $8, $8
  FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[],
              $7::int[]) AS n (id, job_id, version, type, target, body, read_version)
 WHERE NOT EXISTS (SELECT FROM worker_jobs j
                    WHERE j.id = n.job_id AND j.deleted_at IS NOT NULL
                      AND j.version > n.read_version)
ON CONFLICT (job_id, job_version, target) DO NOTHING
RETURNING id"""
_FORGET = f"""
DELETE FROM notification_cursor
 WHERE NOT EXISTS (SELECT FROM duties
                    WHERE name = '{DUTY}' AND holder <> $1 AND until > $2)"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one page led to.

    Attributes:
        events: How many events it had.
        notifications: How many rows were made of them.
        is_last: Whether nothing more was to be read.
    """

    events: int = 0
    notifications: int = 0
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class _Cursor:
    position: Position
    moved_at: datetime


async def record(
    connection: Connection, targets: Targets, *, now: datetime
) -> Recorded:
    """Turn the next page of the log into notifications, in one transaction.

    Where there is no cursor, it begins from now. After a crash of PostgreSQL, whose
    transaction ids may have been given out anew, it reads again what may or may not
    have been read: a notification that exists is not made twice.

    Args:
        connection: One that is in no transaction.
        targets: Who is told of what.
        now: When.
    """
    await read_epoch(connection)
    async with planned(connection):
        cursor = await _lock(connection)
        if cursor is None:
            await _begin(connection, now)
            return Recorded()
        page = await read_lean(connection, cursor.position, targets.wanted_kinds())
        if page.state.why_stale(cursor.position) is not None:
            await _put_right(connection, cursor.position, page.state, now)
            return Recorded(is_last=False)
        made = await _insert(connection, targets, page.entries, now)
        if page.entries or not page.is_last or now >= cursor.moved_at + STAND_STILL:
            await _move(connection, page.end, now)
    return Recorded(len(page.entries), made, page.is_last)


async def forget(connection: Connection, *, holder: str, now: datetime) -> None:
    """Forget up to where the log was read, because nobody is to be notified any more.

    Whoever is notified next begins from then, and not from what was long ago. Nothing
    happens while another process holds the duty: that one still notifies somebody.
    """
    await connection.execute(_FORGET, holder, now)


async def _lock(connection: Connection) -> _Cursor | None:
    found = await connection.fetchrow(_LOCK)
    if found is None:
        return None
    target = found["target"]
    position = Position(
        found["epoch"],
        Snapshot.parse(found["base"]),
        None if target is None else Snapshot.parse(target),
        found["last_id"],
    )
    return _Cursor(position, found["moved_at"])


async def _begin(connection: Connection, now: datetime) -> None:
    state = await read_state(connection)
    if state.epoch is None:
        return
    # Of several that begin, the first one's place counts.
    await _move(connection, Position(state.epoch, state.snapshot), now, exists=False)
    _log.info("notifications begin from now", extra={"action": "notifications-begin"})


async def _put_right(
    connection: Connection, position: Position, state: LogState, now: datetime
) -> None:
    """Put a cursor that cannot be trusted to where nothing behind it is missed.

    It was written by a transaction that counts as ended, so whatever it had not seen
    has an id from its xmin on.
    """
    if state.epoch is None:
        return
    reason = state.why_stale(position)
    if state.floor > position.base.xmin:
        _log.error(
            "notifications of events are lost that were deleted before they were read:"
            " no worker with a target has run for too long; they go on from the oldest"
            " event that is kept",
            extra={"action": "notifications-lost"},
        )
    else:
        _log.warning(
            "notifications read a part of the log again: %s None is made twice.",
            reason,
            extra={"action": "notifications-reread"},
        )
    oldest = max(state.floor, position.base.xmin)
    await _move(connection, Position(state.epoch, Snapshot(oldest, oldest)), now)


async def _move(
    connection: Connection, to: Position, now: datetime, *, exists: bool = True
) -> None:
    await connection.execute(
        _MOVE,
        to.epoch,
        str(to.base),
        None if to.target is None else str(to.target),
        to.last_id,
        now,
        exists,
    )


async def _insert(
    connection: Connection, targets: Targets, entries: Iterable[Entry], now: datetime
) -> int:
    told = [
        (entry, target)
        for entry in entries
        for target in targets.of(entry.event, entry.job)
    ]
    if not told:
        return 0
    # One body for all targets of an event, and ids in the order of the events.
    bodies = {entry.id: write_message(entry.event, entry.job) for entry, _ in told}
    made = await connection.fetch(
        _INSERT,
        sorted(new_id(now) for _ in told),
        [entry.event.job_id for entry, _ in told],
        [entry.event.version for entry, _ in told],
        [message_type(entry.event) for entry, _ in told],
        [target for _, target in told],
        [bodies[entry.id] for entry, _ in told],
        [entry.job.version for entry, _ in told],
        now,
    )
    return len(made)
