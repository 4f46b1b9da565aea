"""Bulk actions: many runs, canceled or replayed one after the other by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection, Row

from jobwire.emulator.clock import iso
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.replaying import replay_of
from jobwire.emulator.run import find_run
from jobwire.emulator.state import State
from jobwire.emulator.transitions import Transitions
from jobwire.emulator.triggering import TriggerRefusedError, trigger

#: How long it takes until an action begins.
_DELAY_MS = 100
_MAX_REPLAYS = 3
_DUE = "SELECT * FROM bulk_actions WHERE due_at <= ? ORDER BY due_at, id LIMIT 1"
_NEXT_ITEM = """
SELECT * FROM bulk_items WHERE bulk_action = ? AND outcome IS NULL
ORDER BY position LIMIT 1
"""
_COUNTS = """
SELECT count(*) AS total, count(*) FILTER (WHERE outcome = 'success') AS success,
    count(*) FILTER (WHERE outcome = 'failure') AS failure
FROM bulk_items WHERE bulk_action = ?
"""


class TooManyReplaysError(Exception):
    """As many actions as may be replaying are."""

    def __init__(self) -> None:
        super().__init__(
            f"You can only have {_MAX_REPLAYS} bulk replays in progress at once."
        )


def create(
    connection: Connection, type: str, runs: Sequence[str], name: str | None, now: int
) -> str:
    """Write down an action on some runs, which begins soon; return its id.

    Raises:
        TooManyReplaysError: It is one replay too many.
    """
    if type == "REPLAY":
        busy = connection.execute(
            "SELECT count(*) FROM bulk_actions WHERE type = 'REPLAY'"
            " AND status = 'PENDING'"
        ).fetchone()[0]
        if busy >= _MAX_REPLAYS:
            raise TooManyReplaysError
    id = f"bulk_{new_cuid(now)}"
    connection.execute(
        "INSERT INTO bulk_actions VALUES (?, ?, 'PENDING', ?, ?, NULL, ?)",
        (id, type, name, now, now + _DELAY_MS),
    )
    connection.executemany(
        "INSERT INTO bulk_items (bulk_action, position, run) VALUES (?, ?, ?)",
        [(id, position, run) for position, run in enumerate(runs)],
    )
    return id


def shown(connection: Connection, row: Row) -> dict[str, object]:
    """Return an action as the API shows it."""
    counts = connection.execute(_COUNTS, (row["id"],)).fetchone()
    told = {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "status": row["status"],
        "counts": dict(counts),
        "createdAt": iso(row["created_at"]),
        "completedAt": row["completed_at"] and iso(row["completed_at"]),
    }
    return {name: value for name, value in told.items() if value is not None}


def abort(connection: Connection, id: str, now: int) -> None:
    """PENDING → ABORTED: what is done stays done."""
    connection.execute(
        "UPDATE bulk_actions SET status = 'ABORTED', completed_at = ?, due_at = NULL"
        " WHERE id = ?",
        (now, id),
    )


@dataclass
class BulkActions:
    """The clockwork of bulk actions: takes one run of the oldest action at a time."""

    state: State
    transitions: Transitions
    is_busy: bool = False

    def next_due(self) -> int | None:
        """Return when the next action goes on; None: none does."""
        due: int | None = self.state.connection.execute(
            "SELECT min(due_at) FROM bulk_actions"
        ).fetchone()[0]
        return due

    def take_due(self, now: int) -> bool:
        """Treat one run; return whether there was one, or an action to end."""
        connection = self.state.connection
        action = connection.execute(_DUE, (now,)).fetchone()
        if action is None:
            return False
        item = connection.execute(_NEXT_ITEM, (action["id"],)).fetchone()
        if item is None:
            with self.state.transaction() as writing:
                writing.execute(
                    "UPDATE bulk_actions SET status = 'COMPLETED', completed_at = ?,"
                    " due_at = NULL WHERE id = ?",
                    (now, action["id"]),
                )
        elif action["type"] == "CANCEL":
            self._cancel(item, now)
        else:
            self._replay(item, now)
        return True

    async def settle(self) -> None:
        """Wait for nothing: every run is treated at once."""

    async def close(self) -> None:
        """Leave the rest to the next life."""

    def _cancel(self, item: Row, now: int) -> None:
        with self.state.transaction() as connection:
            run = find_run(connection, item["run"])
            if run is not None:
                self.transitions.cancel(connection, run, now)
            _conclude(connection, item, "success" if run else "failure", None)

    def _replay(self, item: Row, now: int) -> None:
        run = find_run(self.state.connection, item["run"])
        outcome, made = "failure", None
        if run is not None:
            try:
                body = replay_of(run, {})
                new = trigger(self.state, self.transitions, run.task, body, now=now)
                outcome, made = "success", new.id
            except TriggerRefusedError:
                pass
        with self.state.transaction() as connection:
            _conclude(connection, item, outcome, made)


def _conclude(
    connection: Connection, item: Row, outcome: str, made: str | None
) -> None:
    connection.execute(
        "UPDATE bulk_items SET outcome = ?, made = ?"
        " WHERE bulk_action = ? AND position = ?",
        (outcome, made, item["bulk_action"], item["position"]),
    )
