"""The state of an emulator: one SQLite file, whole after any death of the process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobwire.emulator.bell import Bell
from jobwire.emulator.clock import from_ms
from jobwire.emulator.errors import StateError
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.state_schema import SCRIPTS

_FILE_NAME = "emulator.sqlite3"


class State:
    """An open state; every statement belongs to the thread that opened it.

    Args:
        folder: Where the file is, or will be.
        now: Milliseconds since 1970; names the environment when it is made.

    Raises:
        StateError: The file is of a newer version.
    """

    def __init__(self, folder: Path, *, now: int) -> None:
        #: Rings when something was written, and when the clock was moved.
        self.bell = Bell()
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
        if found > len(SCRIPTS):
            self._connection.close()
            raise StateError(file, found, len(SCRIPTS))
        if found < len(SCRIPTS):
            self._bring_up_to_date(found, now)
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
        self.bell.ring()

    @property
    def connection(self) -> sqlite3.Connection:
        """For single statements that only read."""
        return self._connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _bring_up_to_date(self, found: int, now: int) -> None:
        with self.transaction() as connection:
            for script in SCRIPTS[found:]:
                for statement in script.split(";\n"):
                    connection.execute(statement)
            if found == 0:
                connection.execute(
                    "INSERT INTO environment VALUES (?, ?)",
                    (new_cuid(now), f"{from_ms(now):%Y%m%d}.1"),
                )
            connection.execute(f"PRAGMA user_version = {len(SCRIPTS)}")
