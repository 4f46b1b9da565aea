"""Shapes: sets of runs that are followed together, and the log of their changes.

A handle says what its shape is, so that nothing is kept of shapes and all handles
survive a restart; after the state was thrown away, none is known.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobwire.emulator.run import Run
from jobwire.emulator.state import State


@dataclass(frozen=True)
class Change:
    """An entry of the log.

    Attributes:
        is_insert: Whether the run is new to the shape.
        values: Columns of `runs`, as they were then.
    """

    seq: int
    run: Run
    is_insert: bool
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """Some runs: one, those of a batch, or those of a window with all of some tags.

    Attributes:
        kind: What its handles begin with.
        column: The column of `runs` that holds `value`; None: any run.
        created_from: The oldest instant of creation, in milliseconds since 1970.
        tags: Sorted.
    """

    kind: str
    column: str | None = None
    value: str = ""
    created_from: int = 0
    tags: tuple[str, ...] = ()

    def handle(self, state: State) -> str:
        """Name it to callers."""
        if self.kind == "run":
            return f"run-{self.value.removeprefix('run_')}"
        what = [state.environment_id, self.column, self.value, self.tags]
        digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:8]
        return f"{self.kind}_{self.created_from}_{len(self.tags)}_{digest}"

    def rows(self, state: State) -> list[Run]:
        """Return its runs as they are now, the oldest first."""
        where, values = self._condition()
        found = state.connection.execute(
            f"SELECT * FROM runs WHERE {where} ORDER BY created_at, id", values
        )
        return [run for run in map(Run.from_row, found) if self._has(run.tag_list)]

    def changes(self, state: State, after: int) -> list[Change]:
        """Return what happened to its runs after an entry of the log, in order."""
        where, values = self._condition()
        found = state.connection.execute(
            "SELECT seq, run_changes.tags AS tags_then, tags_before,"
            " run_changes.row AS row_then, runs.*"
            " FROM run_changes JOIN runs ON runs.id = run_id"
            f" WHERE {where} AND seq > ? ORDER BY seq",
            (*values, after),
        ).fetchall()
        changes: list[Change] = []
        for row in found:
            told = dict(row)
            seq, then = told.pop("seq"), told.pop("tags_then")
            before, row_then = told.pop("tags_before"), told.pop("row_then")
            if not self._has(json.loads(then)):
                continue
            run = Run.from_row(told)
            is_insert = before is None or not self._has(json.loads(before))
            fixed = {
                "created_at": run.created_at,
                "is_test": run.is_test,
                "payload": run.payload,
            }
            written = {**fixed, **json.loads(row_then)}
            changes.append(Change(seq, run, is_insert, written))
        return changes

    def _condition(self) -> tuple[str, tuple[Any, ...]]:
        if self.column is None:
            return "runs.created_at >= ?", (self.created_from,)
        return f"runs.{self.column} = ?", (self.value,)

    def _has(self, tags: Sequence[str]) -> bool:
        return set(self.tags) <= set(tags)


def log_bounds(state: State) -> tuple[int, int]:
    """Return the place before the oldest entry that is kept, and that of the newest."""
    oldest, newest = state.connection.execute(
        "SELECT min(seq), max(seq) FROM run_changes"
    ).fetchone()
    return (0, 0) if oldest is None else (oldest - 1, newest)
