"""Traces: what a run did, told by the attempts that it had.

The ids of spans are made of the run's, so that they are the same in every life.
"""

import hashlib
from dataclasses import dataclass
from sqlite3 import Connection

from jobwire.emulator.run import Run
from jobwire.emulator.statuses import TERMINAL, RunStatus

_ATTEMPTS = "SELECT * FROM attempts WHERE run = ? ORDER BY number"
_ERRORS = frozenset(
    {
        "COMPLETED_WITH_ERRORS",
        "RETRYING_AFTER_FAILURE",
        "CRASHED",
        "SYSTEM_FAILURE",
        "TIMED_OUT",
    }
)


@dataclass(frozen=True)
class Span:
    """A part of a run; instants in milliseconds since 1970.

    Attributes:
        kind: `run`, `attempt` or `code`.
        parent_id: None: it is the run itself.
        ended_at: None: not yet.
        attempt: The number of the attempt that it belongs to; None: to all.
    """

    id: str
    kind: str
    parent_id: str | None
    run: Run
    message: str
    started_at: int
    ended_at: int | None
    is_error: bool
    is_cancelled: bool
    attempt: int | None

    def duration_ms(self, now: int) -> int:
        """Return how long it took, or takes so far."""
        return max(
            (now if self.ended_at is None else self.ended_at) - self.started_at, 0
        )


def trace_id(run: Run) -> str:
    """Return the id of the trace that a run and its family share."""
    return _hex(run.root_id or run.id, "trace", 32)


def spans_of(connection: Connection, run: Run) -> list[Span]:
    """Return the spans of a run: itself, then its attempts and the code of each."""
    ended = None
    if run.status in TERMINAL:
        ended = run.completed_at or run.updated_at
    cancelled = run.status is RunStatus.CANCELED
    root = Span(
        id=_hex(run.id, "run", 16),
        kind="run",
        parent_id=None,
        run=run,
        message=run.task,
        started_at=run.created_at,
        ended_at=ended,
        is_error=run.status.value in _ERRORS,
        is_cancelled=cancelled,
        attempt=None,
    )
    spans = [root]
    for row in connection.execute(_ATTEMPTS, (run.id,)).fetchall():
        number, ended_as = row["number"], row["ended_as"]
        parent = root.id
        for name, message in (("attempt", f"Attempt {number}"), ("code", "run()")):
            span = Span(
                id=_hex(run.id, f"{name} {number}", 16),
                kind=name,
                parent_id=parent,
                run=run,
                message=message,
                started_at=row["started_at"],
                ended_at=row["ended_at"],
                is_error=ended_as in _ERRORS,
                is_cancelled=ended_as == RunStatus.CANCELED,
                attempt=number,
            )
            spans.append(span)
            parent = span.id
    return spans


def _hex(run: str, part: str, length: int) -> str:
    return hashlib.sha256(f"{run} {part}".encode()).hexdigest()[:length]
