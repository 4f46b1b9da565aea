"""The events that hooks post, made from recordings of what jobwire.ts posted."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

from jobwire.emulator.hook_moments import (
    HookError,
    HookKind,
    HookLine,
    HookMoment,
    HookProgress,
)

#: Outputs longer than this, in bytes of JSON, are left for Jobwire to fetch.
MAX_OUTPUT_BYTES = 256 * 1024
MAX_ERROR_LENGTH = 10_000
MAX_PROGRESS_MESSAGE_LENGTH = 500
MAX_LOG_MESSAGE_LENGTH = 4_000

RECORDED = "recorded_hooks.json"


@dataclass(frozen=True)
class Recording:
    """One event as jobwire.ts posted it.

    Attributes:
        headers: Those of its own, without the three of Standard Webhooks.
        body: The whole body; what differs from run to run is filled in.
    """

    headers: dict[str, str]
    body: dict[str, Any]


def load_recordings() -> dict[HookKind, Recording]:
    """Read the recordings that come with this package, by kind of moment."""
    text = resources.files("jobwire.emulator").joinpath(RECORDED).read_text("utf-8")
    return {kind: Recording(**one) for kind, one in json.loads(text).items()}


def fill_in(recording: Recording, moment: HookMoment, sequence: int) -> dict[str, Any]:
    """Return the recorded body as it would be of another moment.

    Args:
        recording: That of the moment's kind.
        moment: Gives what differs: ids, times, tags and what is told.
        sequence: From `next_sequence`; it counts for PROGRESS alone.
    """
    body = copy.deepcopy(recording.body)
    numbered = (sequence,) if moment.kind == "PROGRESS" else ()
    body["id"] = event_id(moment.run_id, moment.attempt, body["type"], *numbered)
    body["occurredAt"] = _iso(moment.occurred_at)
    known = {
        "id": moment.run_id,
        "taskIdentifier": moment.task_identifier,
        "attempt": moment.attempt,
        "tags": list(moment.tags),
        "startedAt": _iso(moment.run_started_at),
        "finishedAt": _iso(moment.occurred_at),
    }
    body["run"] = {name: known[name] for name in body["run"]}
    details = {
        "output": _carried(moment.output),
        "error": _error(moment.error),
        "progress": _progress(moment.progress),
    }
    for name in details.keys() & body.keys():
        if details[name] is None:
            del body[name]
        else:
            body[name] = details[name]
    if moment.line is not None:
        # It is recorded without one.
        body["logs"] = [_line(moment.line, moment.occurred_at)]
    return body


def event_id(*parts: str | int) -> str:
    """Return what identifies an event: the same for every try to post it."""
    key = ":".join(str(part) for part in parts)
    return hashlib.sha256(key.encode()).hexdigest()


def next_sequence(moment: HookMoment, last: int) -> int:
    """Return the number of a report: ms since the attempt began, strictly rising."""
    passed = _whole_ms(moment.occurred_at) - _whole_ms(moment.attempt_started_at)
    return max(last + 1, passed)


def _whole_ms(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _iso(instant: datetime) -> str:
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _carried(output: Any) -> Any:
    text = json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    return output if len(text.encode()) <= MAX_OUTPUT_BYTES else None


def _error(error: HookError | None) -> Mapping[str, str] | None:
    if error is None:
        return None
    told = {"name": error.name, "message": error.message[:MAX_ERROR_LENGTH]}
    if error.stack:
        told["stackTrace"] = error.stack[:MAX_ERROR_LENGTH]
    return told


def _progress(progress: HookProgress | None) -> Mapping[str, float | str | None] | None:
    if progress is None:
        return None
    fraction = progress.fraction
    told: dict[str, float | str | None] = {
        "fraction": None if fraction is None else min(1.0, max(0.0, fraction))
    }
    if progress.message is not None:
        told["message"] = progress.message[:MAX_PROGRESS_MESSAGE_LENGTH]
    return told


def _line(line: HookLine, at: datetime) -> dict[str, Any]:
    told = {
        "at": _iso(at),
        "level": line.level,
        "message": line.message[:MAX_LOG_MESSAGE_LENGTH],
    }
    return told if line.fields is None else {**told, "fields": line.fields}
