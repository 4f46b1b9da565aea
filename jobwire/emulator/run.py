"""Runs, as the state keeps them."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from jobwire.emulator.payloads import read_packet
from jobwire.emulator.statuses import RunStatus


class RunStep(StrEnum):
    """What the engine does with a run next."""

    ENQUEUE = "ENQUEUE"
    EXPIRE = "EXPIRE"
    START_ATTEMPT = "START_ATTEMPT"
    PROGRESS = "PROGRESS"
    #: The attempt waits from now on, and gives its place in the queue away.
    WAIT = "WAIT"
    #: It has waited as long as it wanted, and needs a place again.
    RESUME = "RESUME"
    END_ATTEMPT = "END_ATTEMPT"
    #: The code was told to stop, and still has to.
    STOP = "STOP"
    #: The last hook is on its way; when it is done, or due, the end is recorded.
    RECORD = "RECORD"


@dataclass(frozen=True)
class Run:
    """A row of `runs`; instants in milliseconds since 1970, JSON as text."""

    id: str
    task: str
    status: RunStatus
    step: RunStep | None
    due_at: int | None
    created_at: int
    updated_at: int
    delay_until: int | None
    queued_at: int | None
    expires_at: int | None
    locked_at: int | None
    started_at: int | None
    completed_at: int | None
    expired_at: int | None
    version: str | None
    attempt: int
    attempt_started_at: int | None
    plan: str | None
    steps_done: int
    usage_ms: int
    payload: str | None
    payload_type: str
    output: str | None
    error: str | None
    metadata: str | None
    tags: str
    ttl: str | None
    queue: str
    priority_ms: int
    max_attempts: int | None
    max_duration: int | None
    machine: str | None
    is_test: int
    idempotency_key: str | None
    idempotency_key_expires_at: int | None
    idempotency_key_shown: str | None
    debounce: str | None
    parent_id: str | None
    root_id: str | None
    depth: int
    options: str
    trigger_function: str
    batch_id: str | None
    schedule_id: str | None
    output_type: str
    fired: str | None
    concurrency_key: str
    resumes: int
    place: str | None
    waits_done: int
    waits_for: str | None
    waiting_since: int | None
    waited_ms: int

    @classmethod
    def from_row(cls, row: sqlite3.Row | Mapping[str, Any]) -> Self:
        """Make one of a whole row."""
        values: dict[str, Any] = dict(row)
        values["status"] = RunStatus(values["status"])
        values["step"] = RunStep(values["step"]) if values["step"] else None
        return cls(**values)

    @cached_property
    def tag_list(self) -> tuple[str, ...]:
        """The tags, sorted."""
        return tuple(json.loads(self.tags))

    @cached_property
    def metadata_object(self) -> dict[str, Any] | None:
        """The metadata, if there are any and they are an object."""
        value = json.loads(self.metadata) if self.metadata is not None else None
        return value if isinstance(value, dict) else None

    @cached_property
    def option_values(self) -> dict[str, Any]:
        """The options that it was triggered with."""
        values: dict[str, Any] = json.loads(self.options)
        return values

    @cached_property
    def payload_json(self) -> Any:
        """What the task is given: plain JSON."""
        return read_packet(self.payload, self.payload_type)


def find_run(connection: sqlite3.Connection, id: str) -> Run | None:
    """Return a run, or None."""
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (id,)).fetchone()
    return None if row is None else Run.from_row(row)


def children_of(connection: sqlite3.Connection, run: Run) -> list[Run]:
    """Return the runs that a run has triggered, the oldest first."""
    rows = connection.execute(
        "SELECT * FROM runs WHERE parent_id = ? ORDER BY created_at, id", (run.id,)
    )
    return [Run.from_row(row) for row in rows.fetchall()]


def insert_run(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    """Add a run; columns that are not named take their default."""
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    connection.execute(
        f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(values.values())
    )


def update_run(
    connection: sqlite3.Connection, run: Run, *, now: int, **changes: Any
) -> Run:
    """Write the columns that are named, move `updated_at`, and return the new row."""
    changes["updated_at"] = now
    names = ", ".join(f"{name} = ?" for name in changes)
    row = connection.execute(
        f"UPDATE runs SET {names} WHERE id = ? RETURNING *",
        (*changes.values(), run.id),
    ).fetchone()
    return Run.from_row(row)
