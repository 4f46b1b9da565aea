"""Debouncing: triggers that move a run that still waits instead of making one.

Source: `packages/core/src/v3/types/tasks.ts` (`debounce`) of triggerdotdev/trigger.dev,
read 2026-11-23.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from jobwire.emulator.durations import parse_duration
from jobwire.emulator.run import Run, RunStep, update_run
from jobwire.emulator.statuses import RunStatus

_DEFAULT_MAX_MS = 60 * 60 * 1000
#: What a trailing trigger replaces.
_DATA = (
    "payload",
    "payload_type",
    "metadata",
    "tags",
    "max_attempts",
    "max_duration",
    "machine",
)
_WAITING = f"""
SELECT * FROM runs
WHERE task = ? AND status = '{RunStatus.DELAYED}'
  AND debounce IS NOT NULL AND json_extract(debounce, '$.key') = ?
ORDER BY created_at DESC, id DESC LIMIT 1
"""


class DebounceError(ValueError):
    """Spans that cannot debounce."""


@dataclass(frozen=True)
class Debounce:
    """How triggers with one key are gathered; spans in milliseconds."""

    key: str
    delay_ms: int
    max_ms: int
    is_trailing: bool

    @classmethod
    def from_option(cls, option: Mapping[str, Any]) -> "Debounce":
        """Understand the option of a trigger.

        Raises:
            DebounceError: A span is none, or the longest is not the longer one.
        """
        delay = parse_duration(option["delay"])
        if delay is None:
            raise DebounceError(
                f"Invalid debounce delay: {option['delay']}. Expected a duration such"
                " as 30s, 5m or 1h."
            )
        longest = _DEFAULT_MAX_MS
        if "maxDelay" in option:
            given = parse_duration(option["maxDelay"])
            if given is None or given <= delay:
                raise DebounceError(
                    f"Invalid debounce maxDelay: {option['maxDelay']}. It must be a"
                    " duration longer than the delay."
                )
            longest = given
        return cls(option["key"], delay, longest, option.get("mode") == "trailing")

    def columns(self, now: int) -> dict[str, Any]:
        """Return the columns of a new run that waits for more triggers."""
        until = now + self.delay_ms
        return {
            "status": RunStatus.DELAYED,
            "delay_until": until,
            "step": RunStep.ENQUEUE,
            "due_at": until,
            "debounce": json.dumps({"key": self.key}),
        }

    def push_back(
        self, connection: Connection, task: str, values: Mapping[str, Any], now: int
    ) -> Run | None:
        """Move a run of this key that still waits, and return it.

        None: none waits, or it has waited as long as it may.
        """
        row = connection.execute(_WAITING, (task, self.key)).fetchone()
        if row is None:
            return None
        run, until = Run.from_row(row), now + self.delay_ms
        if until > run.created_at + self.max_ms:
            return None
        until = max(until, run.delay_until or 0)
        changes = {name: values[name] for name in _DATA} if self.is_trailing else {}
        return update_run(
            connection, run, now=now, delay_until=until, due_at=until, **changes
        )
