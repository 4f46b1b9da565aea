"""Rows of the Realtime feed: columns of their database, with values as Postgres' text.

Source: answers of a real server 4.5.12.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jobwire.emulator.clock import iso
from jobwire.emulator.payloads import JSON_TYPE, write_json
from jobwire.emulator.run import Run

#: What cannot be left out.
_RESERVED = frozenset({"id", "taskIdentifier", "friendlyId", "status", "createdAt"})
_TIMES = {
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "started_at": "startedAt",
    "delay_until": "delayUntil",
    "queued_at": "queuedAt",
    "expired_at": "expiredAt",
    "completed_at": "completedAt",
}
_TEXTS = {
    "task": "taskIdentifier",
    "status": "status",
    "ttl": "ttl",
    "payload": "payload",
    "payload_type": "payloadType",
    "metadata": "metadata",
    "error": "error",
}
#: What no run of this server has otherwise.
_CONSTANTS = {
    "number": "0",
    "costInCents": "0",
    "baseCostInCents": "0",
    "metadataType": "application/json",
    "realtimeStreams": "{}",
}
_SCHEMA: dict[str, dict[str, Any]] = {
    "id": {"type": "text"},
    "taskIdentifier": {"type": "text"},
    **{name: {"type": "timestamp"} for name in _TIMES.values()},
    "friendlyId": {"type": "text"},
    "number": {"type": "int4"},
    "isTest": {"type": "bool"},
    "status": {"type": "text"},
    "usageDurationMs": {"type": "int4"},
    "costInCents": {"type": "float8"},
    "baseCostInCents": {"type": "float8"},
    "ttl": {"type": "text"},
    "payload": {"type": "text"},
    "payloadType": {"type": "text"},
    "metadata": {"type": "text"},
    "metadataType": {"type": "text"},
    "output": {"type": "text"},
    "outputType": {"type": "text"},
    "runTags": {"type": "text", "dims": 1},
    "error": {"type": "jsonb"},
    "realtimeStreams": {"type": "text", "dims": 1},
}


def schema(skipped: Collection[str]) -> str:
    """Write the types of the columns that are not skipped."""
    return write_json(_kept(_SCHEMA, skipped))


def insert(
    run: Run, skipped: Collection[str], values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Write a run that is new to the caller, as it is or as it was."""
    return _message("insert", run, asdict(run) if values is None else values, skipped)


def update(
    run: Run, values: Mapping[str, Any], skipped: Collection[str]
) -> dict[str, Any]:
    """Write a run that the caller knows, as it was after a change: whole again."""
    return _message("update", run, values, skipped)


def _message(
    operation: str, run: Run, values: Mapping[str, Any], skipped: Collection[str]
) -> dict[str, Any]:
    row = {"friendlyId": run.id, **_CONSTANTS, **_written(values)}
    ordered = {name: row.get(name) for name in _SCHEMA if name != "id"}
    id = run.id.removeprefix("run_")
    return {
        "key": f'"public"."TaskRun"/"{id}"',
        "value": _kept({"id": id, **ordered}, skipped),
        "headers": {"operation": operation},
    }


def _kept(row: Mapping[str, Any], skipped: Collection[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if name in _RESERVED or name not in skipped
    }


def _written(values: Mapping[str, Any]) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for name, value in values.items():
        if name in _TIMES:
            row[_TIMES[name]] = None if value is None else iso(value).removesuffix("Z")
        elif name in _TEXTS:
            row[_TEXTS[name]] = value
        elif name == "is_test":
            row["isTest"] = "t" if value else "f"
        elif name == "usage_ms":
            row["usageDurationMs"] = str(value)
        elif name == "tags":
            row["runTags"] = _array(json.loads(value))
        elif name == "output":
            kind = values.get("output_type", JSON_TYPE)
            row["output"], row["outputType"] = _output(value, kind)
    return row


def _output(stored: str | None, kind: str) -> tuple[str | None, str]:
    """Return an output and its type: a text is kept as it is."""
    if stored is not None and kind == JSON_TYPE:
        value = json.loads(stored)
        if isinstance(value, str):
            return value, "text/plain"
    return stored, kind


def _array(texts: Sequence[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
