"""Children: the runs that attempts trigger and wait for."""

import json
from dataclasses import dataclass

from jobwire.emulator.run import find_run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import RunStatus
from jobwire.emulator.transitions import Transitions
from jobwire.emulator.triggering import trigger_within

_NEXT = "SELECT * FROM wanted_children WHERE due_at <= ? ORDER BY due_at LIMIT 1"


@dataclass
class Children:
    """The clockwork that makes the children which attempts wait for."""

    state: State
    transitions: Transitions
    is_busy: bool = False

    def next_due(self) -> int | None:
        """Return when the next one is to be made; None: none is."""
        due: int | None = self.state.connection.execute(
            "SELECT min(due_at) FROM wanted_children"
        ).fetchone()[0]
        return due

    def take_due(self, now: int) -> bool:
        """Make one; return whether there was one to make."""
        if self.state.connection.execute(_NEXT, (now,)).fetchone() is None:
            return False
        with self.state.transaction() as connection:
            wanted = connection.execute(_NEXT, (now,)).fetchone()
            connection.execute(
                "DELETE FROM wanted_children WHERE parent = ?", (wanted["parent"],)
            )
            parent = find_run(connection, wanted["parent"])
            # It may be canceled by now.
            if parent is None or parent.status is not RunStatus.WAITING_TO_RESUME:
                return True
            options = {"parentRunId": parent.id, "resumeParentOnCompletion": True}
            payload = json.loads(wanted["payload"])
            made = trigger_within(
                connection,
                self.state,
                self.transitions,
                wanted["task"],
                {"payload": payload, "options": options},
                now=now,
                trigger_function="triggerAndWait",
            )
            connection.execute(
                "UPDATE runs SET waits_for = ? WHERE id = ?", (made.id, parent.id)
            )
        return True

    async def settle(self) -> None:
        """Wait for nothing: every one is made at once."""

    async def close(self) -> None:
        """Leave the rest to the next life."""
