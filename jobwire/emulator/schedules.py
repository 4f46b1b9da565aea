"""Schedules: rows that fire when their time has come.

Source: `internal-packages/schedule-engine` and `upsertTaskSchedule.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-23, and answers of a real server 4.5.12.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection, Row
from typing import Any

from jobwire.emulator.clock import from_ms, iso, to_ms
from jobwire.emulator.durations import parse_duration
from jobwire.emulator.identifiers import new_clear_id, new_nanoid
from jobwire.emulator.payloads import SUPER_JSON_TYPE, write_json
from jobwire.emulator.state import State
from jobwire.emulator.task import Task
from jobwire.emulator.transitions import Transitions
from jobwire.emulator.triggering import trigger
from jobwire.triggerdev.cron import Cron, read_cron
from jobwire.triggerdev.cron_times import next_fire, upcoming
from jobwire.triggerdev.cron_words import describe

#: Runs without a window of their own are told to be spread over this one.
_DEFAULT_WINDOW_MS = 60_000
_UPCOMING = 10
_DUE = "SELECT * FROM schedules WHERE due_at <= ? ORDER BY due_at, id LIMIT 1"


@dataclass(frozen=True)
class Wish:
    """What a schedule shall be.

    Attributes:
        key: None: a random one, which nobody is shown.
    """

    task: str
    cron: Cron
    timezone: str
    external_id: str | None
    window: str | None
    key: str | None = None


def find(connection: Connection, id: str) -> Row | None:
    """Return a schedule by its id or its deduplication key, or None."""
    row: Row | None = connection.execute(
        "SELECT * FROM schedules WHERE id = ? OR (deduplication_key = ? AND shows_key)",
        (id, id),
    ).fetchone()
    return row


def create(connection: Connection, wish: Wish, now: int) -> Row:
    """Make a schedule, or change the one that has the key."""
    had = connection.execute(
        "SELECT * FROM schedules WHERE deduplication_key = ?", (wish.key,)
    ).fetchone()
    if had is not None:
        return change(connection, had, wish, now)
    return _insert(connection, f"sched_{new_clear_id()}", "IMPERATIVE", wish, now)


def change(connection: Connection, schedule: Row, wish: Wish, now: int) -> Row:
    """Put everything but the key and the task in place of what there is."""
    return _update(
        connection,
        schedule["id"],
        cron=wish.cron.expression,
        timezone=wish.timezone,
        external_id=wish.external_id,
        window=wish.window,
        **_times(wish, schedule["id"], now),
    )


def activate(connection: Connection, schedule: Row, now: int) -> Row:
    """Have it fire from now on."""
    id = schedule["id"]
    return _update(connection, id, is_active=1, **_times(_wish_of(schedule), id, now))


def deactivate(connection: Connection, schedule: Row) -> Row:
    """Have it not fire."""
    changes = {"is_active": 0, "next_at": None, "due_at": None}
    return _update(connection, schedule["id"], **changes)


def delete(connection: Connection, schedule: Row) -> None:
    """Forget it."""
    connection.execute("DELETE FROM schedules WHERE id = ?", (schedule["id"],))


def declare(state: State, tasks: Iterable[Task], now: int) -> None:
    """Make the schedules that tasks declare, and forget those that none does."""
    with state.transaction() as connection:
        declared = {task.id: task.cron for task in tasks if task.cron is not None}
        rows = connection.execute(
            "SELECT * FROM schedules WHERE type = 'DECLARATIVE'"
        ).fetchall()
        for row in rows:
            if declared.get(row["task"]) == row["cron"]:
                del declared[row["task"]]
            else:
                delete(connection, row)
        for task, text in declared.items():
            wish = Wish(task, read_cron(text), "UTC", None, None)
            _insert(connection, f"sched_{new_clear_id()}", "DECLARATIVE", wish, now)


def effective(schedule: Row) -> int | None:
    """Return the next time with the spread of the schedule added."""
    if schedule["next_at"] is None:
        return None
    at: int = schedule["next_at"]
    return at + _spread(_wish_of(schedule), schedule["id"], at)


@dataclass
class Schedules:
    """The clockwork of schedules: after a time of standstill each fires once."""

    state: State
    transitions: Transitions
    is_busy: bool = False

    def next_due(self) -> int | None:
        """Return when the next schedule fires; None: none does."""
        due: int | None = self.state.connection.execute(
            "SELECT min(due_at) FROM schedules"
        ).fetchone()[0]
        return due

    def take_due(self, now: int) -> bool:
        """Let one schedule fire; return whether there was one."""
        schedule = self.state.connection.execute(_DUE, (now,)).fetchone()
        if schedule is None:
            return False
        id, at = schedule["id"], schedule["next_at"]
        # The key makes one run of it, whenever the process dies.
        key = f"{id}-{at}"
        if self.transitions.has_task(schedule["task"]):
            trigger(
                self.state,
                self.transitions,
                schedule["task"],
                _trigger_of(schedule, at),
                now=now,
                created_at=at,
                schedule_id=id,
                fired=key,
            )
        with self.state.transaction() as connection:
            wish = _wish_of(schedule)
            _update(connection, id, last_at=at, **_times(wish, id, max(now, at)))
        return True

    async def settle(self) -> None:
        """Wait for nothing: every schedule fires at once."""

    async def close(self) -> None:
        """Leave the rest to the next life."""


def _trigger_of(schedule: Row, at: int) -> dict[str, Any]:
    cron = read_cron(schedule["cron"])
    next_times = [
        to_ms(one)
        for one in upcoming(cron, schedule["timezone"], from_ms(at), _UPCOMING)
    ]
    last_at = schedule["last_at"]
    payload: dict[str, Any] = {
        "scheduleId": schedule["id"],
        "type": schedule["type"],
        "timestamp": iso(at),
        "lastTimestamp": None if last_at is None else iso(last_at),
    }
    if schedule["external_id"] is not None:
        payload["externalId"] = schedule["external_id"]
    payload["timezone"] = schedule["timezone"]
    payload["upcoming"] = [iso(one) for one in next_times]
    dates = ["timestamp", *(f"upcoming.{n}" for n in range(len(next_times)))]
    if last_at is not None:
        dates.append("lastTimestamp")
    packet = {"json": payload, "meta": {"values": {name: ["Date"] for name in dates}}}
    return {
        "payload": write_json(packet),
        "options": {"payloadType": SUPER_JSON_TYPE},
    }


def _insert(connection: Connection, id: str, type: str, wish: Wish, now: int) -> Row:
    columns: Mapping[str, Any] = {
        "id": id,
        "type": type,
        "task": wish.task,
        "cron": wish.cron.expression,
        "timezone": wish.timezone,
        "external_id": wish.external_id,
        "deduplication_key": wish.key or new_nanoid(),
        "shows_key": bool(wish.key),
        "window": wish.window,
        "created_at": now,
        **_times(wish, id, now),
    }
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    row: Row = connection.execute(
        f"INSERT INTO schedules ({names}) VALUES ({marks}) RETURNING *",
        tuple(columns.values()),
    ).fetchone()
    return row


def _update(connection: Connection, id: str, **changes: Any) -> Row:
    names = ", ".join(f"{name} = ?" for name in changes)
    row: Row = connection.execute(
        f"UPDATE schedules SET {names} WHERE id = ? RETURNING *",
        (*changes.values(), id),
    ).fetchone()
    return row


def _wish_of(schedule: Row) -> Wish:
    return Wish(
        schedule["task"],
        read_cron(schedule["cron"]),
        schedule["timezone"],
        schedule["external_id"],
        schedule["window"],
        schedule["deduplication_key"],
    )


def _times(wish: Wish, id: str, now: int) -> dict[str, int]:
    at = _next_at(wish, now)
    # Without a window of its own a run begins at the time itself.
    spread = 0 if wish.window is None else _spread(wish, id, at)
    return {"next_at": at, "due_at": at + spread}


def _next_at(wish: Wish, after: int) -> int:
    return to_ms(next_fire(wish.cron, wish.timezone, from_ms(after)))


def _spread(wish: Wish, id: str, at: int) -> int:
    """Return how long after a time it fires: always the same part of its window."""
    window = _DEFAULT_WINDOW_MS
    if wish.window is not None and wish.window.endswith("%"):
        pause = _next_at(wish, at) - at
        window = pause * int(wish.window[:-1]) // 100
    elif wish.window is not None:
        window = parse_duration(wish.window) or _DEFAULT_WINDOW_MS
    part = int(hashlib.sha256(id.encode()).hexdigest()[:8], 16)
    return part * window // 2**32


def shown_generator(schedule: Row) -> dict[str, Any]:
    """Return what a schedule is made by, as the API shows it."""
    return {
        "type": "CRON",
        "expression": schedule["cron"],
        "description": describe(schedule["cron"]),
    }
