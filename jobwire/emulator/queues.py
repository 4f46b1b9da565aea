"""Queues: their names and limits, and which run is the next to leave one.

Source: `apps/webapp/app/v3/services/concurrencySystem.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-26.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection, Row

from jobwire.emulator.errors import TaskDefinitionError
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.task import Queue, Task

MAX_LIMIT = 100_000

_FOREIGN = re.compile(r"[^A-Za-z0-9_\-/]")
_MAX_LENGTH = 128
_OF_TASK = "task/"

_HAS_ROOM = """
coalesce(queues.is_paused, 0) = 0
AND lanes.running < coalesce(queues.override_limit, queues.base_limit, 1000000000)
"""
_ORDER = "queued_at - priority_ms, created_at, id"
_HEAD = f"SELECT * FROM runs WHERE status = 'PENDING' ORDER BY {_ORDER} LIMIT 1"
_LANE_HAS_ROOM = f"""
SELECT 1 FROM lanes LEFT JOIN queues ON queues.name = lanes.queue
WHERE lanes.queue = ? AND lanes.key = ? AND {_HAS_ROOM}
"""
_HEAD_OF_LANES = """
SELECT runs.* FROM lanes LEFT JOIN queues ON queues.name = lanes.queue
JOIN runs ON runs.id = (
    SELECT id FROM runs AS one
    WHERE one.queue = lanes.queue AND one.concurrency_key = lanes.key
        AND one.place = '{place}'
    ORDER BY {order} LIMIT 1
)
WHERE lanes.{counted} > 0 AND {has_room}
ORDER BY runs.queued_at - runs.priority_ms, runs.created_at, runs.id LIMIT 1
"""
_RESUMING = _HEAD_OF_LANES.format(
    place="RESUMING", order=_ORDER, counted="resuming", has_room=_HAS_ROOM
)
_QUEUED = _HEAD_OF_LANES.format(
    place="QUEUED", order=_ORDER, counted="queued", has_room=_HAS_ROOM
)


class OverrideError(Exception):
    """A limit that cannot be put over that of a queue, in the words of the API."""


@dataclass(frozen=True)
class QueueState:
    """A row of `queues`, with how many runs it has; instants in ms since 1970."""

    id: str
    name: str
    is_paused: int
    base_limit: int | None
    override_limit: int | None
    override_percent: float | None
    overridden_at: int | None
    running: int
    queued: int


def clean_name(name: str) -> str:
    """Drop what the name of a queue cannot hold, and what is too long."""
    return _FOREIGN.sub("", name)[:_MAX_LENGTH]


def queue_of_task(task_id: str) -> str:
    """Return the queue that a task has of its own."""
    return clean_name(f"{_OF_TASK}{task_id}")


def shown_name(name: str) -> str:
    """Return what the API calls a queue: without what marks that of a task."""
    return name.removeprefix(_OF_TASK)


def is_of_task(name: str) -> bool:
    """Whether a queue is a task's own."""
    return name.startswith(_OF_TASK)


def deployed_queues(
    tasks: Iterable[Task], queues: Sequence[Queue]
) -> dict[str, int | None]:
    """Return the limits of all queues by their names as stored; None: there is none.

    Raises:
        TaskDefinitionError: Two of them say different limits of one queue.
    """
    limits: dict[str, int | None] = {
        clean_name(queue.name): queue.concurrency_limit for queue in queues
    }
    for task in tasks:
        limits.setdefault(queue_of_task(task.id), None)
        name = stored_name(task)
        said, known = task.concurrency_limit, limits.setdefault(name, None)
        if said is not None:
            if known not in {None, said}:
                why = f"its queue {name!r} is limited to {known} already"
                raise TaskDefinitionError(task.id, why)
            limits[name] = said
    return limits


def stored_name(task: Task) -> str:
    """Return the queue that the runs of a task go to by themselves."""
    return clean_name(task.queue) if task.queue else queue_of_task(task.id)


def deploy_queues(
    connection: Connection, limits: Mapping[str, int | None], now: int
) -> None:
    """Write down the queues of a version; what was changed about them stays."""
    for name, limit in limits.items():
        connection.execute(
            "INSERT INTO queues (id, name, base_limit) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET base_limit = excluded.base_limit",
            (f"queue_{new_cuid(now)}", name, limit),
        )


def next_resuming(connection: Connection) -> Row | None:
    """Return the first run that has waited and has its place again; or None."""
    row: Row | None = connection.execute(_RESUMING).fetchone()
    return row


def next_queued(connection: Connection) -> Row | None:
    """Return the first queued run whose queue lets it go; or None."""
    head: Row | None = connection.execute(_HEAD).fetchone()
    if head is None:
        return None
    lane = (head["queue"], head["concurrency_key"])
    # Mostly the first of all may go, and no other has to be looked at.
    if connection.execute(_LANE_HAS_ROOM, lane).fetchone():
        return head
    row: Row | None = connection.execute(_QUEUED).fetchone()
    return row


def find_queue(connection: Connection, name_or_id: str, type: str) -> QueueState | None:
    """Return a queue; None: there is none.

    Args:
        connection: Of the state.
        name_or_id: As the type says: its id, its name, or the id of a task.
        type: `id`, `custom` or `task`.
    """
    column = "id" if type == "id" else "name"
    asked = name_or_id
    if type == "task":
        asked = _OF_TASK + name_or_id.removeprefix(_OF_TASK)
    found = list_queues(connection, f"WHERE {column} = ?", (asked,))
    return found[0] if found else None


def list_queues(
    connection: Connection, condition: str = "", values: Sequence[object] = ()
) -> list[QueueState]:
    """Return queues with how many runs they have."""
    rows = connection.execute(
        "SELECT *, (SELECT coalesce(sum(running), 0) FROM lanes"
        " WHERE lanes.queue = name) AS running,"
        " (SELECT coalesce(sum(queued + resuming), 0) FROM lanes"
        f" WHERE lanes.queue = name) AS queued FROM queues {condition}",
        tuple(values),
    ).fetchall()
    return [QueueState(**dict(row)) for row in rows]


def set_paused(connection: Connection, queue: QueueState, *, is_paused: bool) -> None:
    """Let no run leave a queue, or let them again; those that run go on."""
    connection.execute(
        "UPDATE queues SET is_paused = ? WHERE id = ?", (is_paused, queue.id)
    )


def override(
    connection: Connection,
    queue: QueueState,
    *,
    limit: int | None,
    percent: float | None,
    most: int,
    now: int,
) -> None:
    """Put a limit over that of a queue: a number, or a part of the environment's.

    Raises:
        OverrideError: It is above the environment's.
    """
    if percent is not None:
        limit = min(max(int(most * percent / 100), 1), most)
    elif limit is not None and limit > most:
        raise OverrideError(
            f"Concurrency limit ({limit}) cannot exceed the environment limit ({most})"
        )
    connection.execute(
        "UPDATE queues SET override_limit = ?, override_percent = ?,"
        " overridden_at = ? WHERE id = ?",
        (limit, percent, now, queue.id),
    )


def reset(connection: Connection, queue: QueueState) -> None:
    """Take the limit away that was put over that of a queue.

    Raises:
        OverrideError: There is none.
    """
    if queue.overridden_at is None:
        raise OverrideError("Queue is not overridden")
    connection.execute(
        "UPDATE queues SET override_limit = NULL, override_percent = NULL,"
        " overridden_at = NULL WHERE id = ?",
        (queue.id,),
    )
