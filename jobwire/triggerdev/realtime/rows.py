"""The rows of a shape, kept whole from partial changes, and what was told of them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.realtime.run import RealtimeRun, read_row
from jobwire.triggerdev.realtime.values import read_value
from jobwire.triggerdev.statuses import RunStatus

#: Of so many runs that have ended it is remembered that they were told.
_ENDED_REMEMBERED = 10_000


class MustRefetchError(Exception):
    """The log cannot be read on: everything must be read from its beginning."""


class Rows:
    """Turns messages of the log into states of runs.

    A row is kept for each run that has not ended, or that was canceled while its code
    ran, for the end of that is told later. Of others only a mark stays, so that reading
    everything again does not tell their end again.

    Args:
        told_until: States that are older were told before; None: none was.
    """

    def __init__(self, told_until: datetime | None = None) -> None:
        self.newest = told_until
        self._told_until = told_until
        self._rows: dict[str, dict[str, Any]] = {}
        self._told: dict[str, RealtimeRun] = {}
        self._ended: OrderedDict[str, datetime] = OrderedDict()
        self._changed: dict[str, None] = {}
        # Only a log that was read from its beginning has a whole row of each run.
        self._is_whole = False

    def __len__(self) -> int:
        return len(self._rows)

    def begin_again(self) -> None:
        """Forget the rows, which come again; what was told stays remembered."""
        self._rows.clear()
        self._changed.clear()
        self._is_whole = True

    def fold(
        self,
        messages: Sequence[object],
        schema: Mapping[str, Any],
        *,
        loading: bool,
    ) -> tuple[list[RealtimeRun], bool]:
        """Take in one answer.

        Args:
            messages: Of the log.
            schema: The types of the columns.
            loading: Whether this is still the beginning of the log, which may be
                older than what was told: then only the newest state of a run counts.

        Returns:
            The states to tell, in their order, and whether the log has been read up
            to its end.

        Raises:
            MustRefetchError: The server says so, or a row is not whole.
            MalformedResponseError: A message has another shape.
        """
        states: list[RealtimeRun] = []
        up_to_date = False
        for value in messages:
            message = Fields(value, "a message", refuse=MalformedResponseError)
            headers = message.object("headers")
            control = headers.optional_text("control")
            if control == "must-refetch":
                raise MustRefetchError
            up_to_date = up_to_date or control == "up-to-date"
            operation = headers.optional_text("operation")
            if operation is None:
                continue
            key = message.text("key")
            if operation == "delete":
                self._forget(key)
            elif self._merge(key, operation, message.any("value"), schema):
                if loading:
                    self._changed[key] = None
                else:
                    states += self._state(key, loading=False)
        if up_to_date and loading:
            for key in tuple(self._changed):
                states += self._state(key, loading=True)
            self._changed.clear()
            self._told_until = None
            for key in self._told.keys() - self._rows.keys():
                del self._told[key]
        return states, up_to_date

    def _merge(
        self, key: str, operation: str, given: object, schema: Mapping[str, Any]
    ) -> bool:
        """Bring a row up to date; return whether it is a whole one."""
        if not isinstance(given, Mapping):
            raise MalformedResponseError("A change of the feed has no columns.")
        changed = {name: read_value(text, name, schema) for name, text in given.items()}
        if operation == "insert":
            self._rows[key] = changed
            return True
        if key in self._rows:
            self._rows[key].update(changed)
            return True
        if {"friendlyId", "taskIdentifier", "status", "createdAt"} <= changed.keys():
            self._rows[key] = changed
            return True
        if not self._is_whole:
            raise MustRefetchError
        # Of a run that had ended, and is known no more.
        return False

    def _state(self, key: str, *, loading: bool) -> list[RealtimeRun]:
        """Return the state of a row, unless it was told already."""
        state, told = read_row(self._rows[key]), self._told.get(key)
        old = loading and (
            (self._told_until is not None and state.updated_at < self._told_until)
            or (told is not None and state.updated_at < told.updated_at)
        )
        known = told == state or (
            key in self._ended and self._ended[key] >= state.updated_at
        )
        if state.is_terminal:
            if not _is_stopping(state):
                self._forget(key)
            self._ended[key] = state.updated_at
            if len(self._ended) > _ENDED_REMEMBERED:
                self._ended.popitem(last=False)
        elif not old or told is None:
            self._told[key] = state
        if old or known:
            return []
        self.newest = max(self.newest or state.updated_at, state.updated_at)
        return [state]

    def _forget(self, key: str) -> None:
        self._rows.pop(key, None)
        self._told.pop(key, None)
        self._changed.pop(key, None)


def _is_stopping(run: RealtimeRun) -> bool:
    """Whether a run was canceled, and nobody has told yet that its code has ended."""
    is_canceled = run.known_status is RunStatus.CANCELED
    return is_canceled and run.started_at is not None and run.completed_at is None
