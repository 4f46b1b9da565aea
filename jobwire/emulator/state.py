"""The state of an emulator: one SQLite file, whole after any death of the process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobwire.emulator.clock import from_ms
from jobwire.emulator.errors import StateError
from jobwire.emulator.identifiers import new_cuid

_FILE_NAME = "emulator.sqlite3"
_VERSION = 1
#: Instants are milliseconds since 1970. `step` is what happens to the run at `due_at`.
_SCHEMA = """
CREATE TABLE environment (
    id TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    status TEXT NOT NULL,
    step TEXT,
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    delay_until INTEGER,
    queued_at INTEGER,
    expires_at INTEGER,
    locked_at INTEGER,
    started_at INTEGER,
    completed_at INTEGER,
    expired_at INTEGER,
    version TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    attempt_started_at INTEGER,
    plan TEXT,
    steps_done INTEGER NOT NULL DEFAULT 0,
    usage_ms INTEGER NOT NULL DEFAULT 0,
    payload TEXT,
    payload_type TEXT NOT NULL,
    output TEXT,
    error TEXT,
    metadata TEXT,
    tags TEXT NOT NULL,
    ttl TEXT,
    queue TEXT NOT NULL,
    priority_ms INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER,
    max_duration INTEGER,
    machine TEXT,
    is_test INTEGER NOT NULL DEFAULT 0,
    idempotency_key TEXT,
    idempotency_key_expires_at INTEGER,
    idempotency_key_shown TEXT,
    debounce TEXT,
    parent_id TEXT REFERENCES runs (id),
    root_id TEXT REFERENCES runs (id),
    depth INTEGER NOT NULL DEFAULT 0,
    options TEXT NOT NULL,
    CHECK ((step IS NULL) = (due_at IS NULL))
) STRICT;
CREATE INDEX runs_due ON runs (due_at, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX runs_queued ON runs (queued_at - priority_ms, created_at, id)
    WHERE status = 'PENDING';
CREATE INDEX runs_stopping ON runs (id) WHERE status = 'CANCELED' AND step IS NOT NULL;
CREATE INDEX runs_busy ON runs (id)
    WHERE status IN ('DEQUEUED', 'EXECUTING', 'RETRYING_AFTER_FAILURE');
CREATE INDEX runs_debounced ON runs (task)
    WHERE status = 'DELAYED' AND debounce IS NOT NULL;
CREATE INDEX runs_listed ON runs (created_at, id);
CREATE INDEX runs_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (task, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
"""


class State:
    """An open state; every statement belongs to the thread that opened it.

    Args:
        folder: Where the file is, or will be.
        now: Milliseconds since 1970; names the environment when it is made.

    Raises:
        StateError: The file is of another version.
    """

    def __init__(self, folder: Path, *, now: int) -> None:
        file = folder / _FILE_NAME
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # In WAL, NORMAL loses nothing when the process dies; only a machine that loses
        # its power may forget the last moments, and never half of one.
        self._connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;"
        )
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            self._create(now)
        elif found != _VERSION:
            self._connection.close()
            raise StateError(file, found, _VERSION)
        row = self._connection.execute("SELECT id, version FROM environment").fetchone()
        self.environment_id: str = row["id"]
        self.version: str = row["version"]

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make all or nothing of a block; it must not wait for anything."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @property
    def connection(self) -> sqlite3.Connection:
        """For single statements that only read."""
        return self._connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _create(self, now: int) -> None:
        with self.transaction() as connection:
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO environment VALUES (?, ?)",
                (new_cuid(now), f"{from_ms(now):%Y%m%d}.1"),
            )
            connection.execute(f"PRAGMA user_version = {_VERSION}")
