"""Batches: items that arrive in any number of parts, and the runs made of them.

Source: `apps/webapp/app/runEngine/services/createBatch.server.ts` and
`…/streamBatchItems.server.ts` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection, Row
from typing import Any

from jobwire.emulator import run_errors
from jobwire.emulator.clock import iso
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.payloads import JSON_TYPE, write_json
from jobwire.emulator.queues import queue_of_task
from jobwire.emulator.run import insert_run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import TERMINAL, RunStatus
from jobwire.emulator.transitions import Transitions
from jobwire.emulator.triggering import TriggerRefusedError, trigger

_DUE = "SELECT * FROM batches WHERE due_at <= ? ORDER BY due_at, id LIMIT 1"
_NEXT_ITEM = """
SELECT * FROM batch_items WHERE batch = ? AND run IS NULL AND error IS NULL
ORDER BY position LIMIT 1
"""
_ENDED = ", ".join(f"'{status}'" for status in sorted(TERMINAL))
_OPEN_RUNS = f"""
SELECT count(*) FROM batch_items JOIN runs ON runs.id = batch_items.run
WHERE batch_items.batch = ? AND runs.status NOT IN ({_ENDED})
"""


class BatchRefusedError(Exception):
    """Items that are understood and cannot be: a status of HTTP, and why."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Item:
    """One item: the body of its trigger, or why there can only be a failed run."""

    position: int
    task: str
    body: Mapping[str, Any] | None


def create(connection: Connection, run_count: int, key: str | None, now: int) -> str:
    """Write down a batch that waits for its items; return its id.

    Raises:
        BatchRefusedError: Another batch has the key.
    """
    taken = (
        key
        and connection.execute(
            "SELECT 1 FROM batches WHERE idempotency_key = ?", (key,)
        ).fetchone()
    )
    if taken:
        raise BatchRefusedError(
            422,
            "Cannot create batch as it has already been created with the same"
            " idempotency key.",
        )
    id = f"batch_{new_cuid(now)}"
    connection.execute(
        "INSERT INTO batches (id, run_count, idempotency_key, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (id, run_count, key, now, now),
    )
    return id


def find(connection: Connection, id: str) -> Row | None:
    """Return a batch, or None."""
    row: Row | None = connection.execute(
        "SELECT * FROM batches WHERE id = ?", (id,)
    ).fetchone()
    return row


def add_items(
    connection: Connection, batch: Row, items: Sequence[Item], now: int
) -> dict[str, Any]:
    """Take items that are new, seal the batch when it has all, and answer.

    Raises:
        BatchRefusedError: An item has no place in the batch.
    """
    id, count = batch["id"], batch["run_count"]
    if batch["is_sealed"]:
        return _answer(id, 0, 0, count, count)
    accepted = 0
    for item in items:
        if item.position >= count:
            raise BatchRefusedError(
                422, f"Item index {item.position} exceeds batch runCount {count}"
            )
        accepted += connection.execute(
            "INSERT OR IGNORE INTO batch_items (batch, position, task, body)"
            " VALUES (?, ?, ?, ?)",
            (
                id,
                item.position,
                item.task,
                None if item.body is None else write_json(item.body),
            ),
        ).rowcount
    had: int = connection.execute(
        "SELECT count(*) FROM batch_items WHERE batch = ?", (id,)
    ).fetchone()[0]
    if had == count:
        connection.execute(
            "UPDATE batches SET is_sealed = 1, updated_at = ?, due_at = ? WHERE id = ?",
            (now, now, id),
        )
    return _answer(id, accepted, len(items) - accepted, had, count)


def shown(connection: Connection, batch: Row) -> dict[str, Any]:
    """Return a batch as retrieving it by the second version shows it."""
    processed_at = batch["processed_at"]
    errors = connection.execute(
        "SELECT * FROM batch_items WHERE batch = ? AND error IS NOT NULL"
        " ORDER BY position",
        (batch["id"],),
    ).fetchall()
    completed = {} if processed_at is None else {"completedAt": iso(processed_at)}
    told = {
        **shown_first(connection, batch),
        "processing": {
            **completed,
            "errors": [
                {
                    "index": row["position"],
                    "taskIdentifier": row["task"],
                    "error": row["error"],
                }
                for row in errors
            ],
        },
    }
    if processed_at is not None:
        told["processingCompletedAt"] = iso(processed_at)
    return told


def shown_first(connection: Connection, batch: Row) -> dict[str, Any]:
    """Return a batch as retrieving it by the first version shows it."""
    runs = connection.execute(
        "SELECT run FROM batch_items WHERE batch = ? AND run IS NOT NULL"
        " ORDER BY position",
        (batch["id"],),
    ).fetchall()
    key = batch["idempotency_key"]
    return {
        "id": batch["id"],
        "status": _status(connection, batch),
        **({} if key is None else {"idempotencyKey": key}),
        "createdAt": iso(batch["created_at"]),
        "updatedAt": iso(batch["updated_at"]),
        "runCount": batch["run_count"],
        "runs": [row["run"] for row in runs],
    }


@dataclass
class Batches:
    """The clockwork of batches: makes one run of the oldest sealed batch at a time."""

    state: State
    transitions: Transitions
    is_busy: bool = False

    def next_due(self) -> int | None:
        """Return when the next batch goes on; None: none does."""
        due: int | None = self.state.connection.execute(
            "SELECT min(due_at) FROM batches"
        ).fetchone()[0]
        return due

    def take_due(self, now: int) -> bool:
        """Make one run; return whether there was one to make, or a batch to end."""
        connection = self.state.connection
        batch = connection.execute(_DUE, (now,)).fetchone()
        if batch is None:
            return False
        item = connection.execute(_NEXT_ITEM, (batch["id"],)).fetchone()
        if item is not None:
            make_run(self.state, self.transitions, item, now)
            return True
        with self.state.transaction() as writing:
            writing.execute(
                "UPDATE batches SET processed_at = ?, updated_at = ?, due_at = NULL"
                " WHERE id = ?",
                (now, now, batch["id"]),
            )
        return True

    async def settle(self) -> None:
        """Wait for nothing: every run is made at once."""

    async def close(self) -> None:
        """Leave the rest to the next life."""


def make_run(
    state: State, transitions: Transitions, item: Row, now: int
) -> tuple[str, bool] | None:
    """Make the run of an item; return its id, and whether its key had it already.

    None: it is refused, which the batch tells.
    """
    batch, position, task = item["batch"], item["position"], item["task"]
    if item["body"] is None:
        id = f"run_{new_cuid(now)}"
        with state.transaction() as connection:
            _insert_failed(connection, id, batch, task, now)
            _conclude(connection, batch, position, run=id)
        return id, False
    body = json.loads(item["body"])
    try:
        made = trigger(
            state,
            transitions,
            task,
            body,
            now=now,
            batch_id=batch,
            trigger_function="batchTrigger",
        )
    except TriggerRefusedError as error:
        with state.transaction() as connection:
            _conclude(connection, batch, position, error=str(error))
        return None
    with state.transaction() as connection:
        _conclude(connection, batch, position, run=made.id)
    return made.id, made.is_cached


def _status(connection: Connection, batch: Row) -> str:
    id = batch["id"]
    if not batch["is_sealed"]:
        return "PENDING"
    if batch["processed_at"] is None:
        return "PROCESSING"
    made, failed = connection.execute(
        "SELECT count(run), count(error) FROM batch_items WHERE batch = ?", (id,)
    ).fetchone()
    if made == 0:
        return "ABORTED"
    if failed:
        return "PARTIAL_FAILED"
    # While its runs are under way the real server calls it pending again.
    is_open = connection.execute(_OPEN_RUNS, (id,)).fetchone()[0]
    return "PENDING" if is_open else "COMPLETED"


def _answer(
    id: str, accepted: int, deduplicated: int, had: int, count: int
) -> dict[str, Any]:
    sealed = had == count
    missing = {} if sealed else {"enqueuedCount": had, "expectedCount": count}
    return {
        "id": id,
        "itemsAccepted": accepted,
        "itemsDeduplicated": deduplicated,
        "sealed": sealed,
        **missing,
        "runCount": count,
    }


def _conclude(
    connection: Connection,
    batch: str,
    position: int,
    *,
    run: str | None = None,
    error: str | None = None,
) -> None:
    connection.execute(
        "UPDATE batch_items SET run = ?, error = ? WHERE batch = ? AND position = ?",
        (run, error, batch, position),
    )


def _insert_failed(
    connection: Connection, id: str, batch: str, task: str, now: int
) -> None:
    insert_run(
        connection,
        {
            "id": id,
            "task": task,
            "status": RunStatus.SYSTEM_FAILURE,
            "created_at": now,
            "updated_at": now,
            "completed_at": now,
            "payload_type": JSON_TYPE,
            "tags": "[]",
            "options": "{}",
            "queue": queue_of_task(task),
            "error": run_errors.of_batch_item("The payload of this item is too large"),
            "batch_id": batch,
            "trigger_function": "batchTrigger",
        },
    )
