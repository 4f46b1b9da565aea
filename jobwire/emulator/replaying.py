"""Replaying: a new run of an old one, whatever became of that.

Source: `apps/webapp/app/v3/services/replayTaskRun.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-23. The overrides are those that
`@trigger.dev/sdk` 4.8.3 sends, which servers of its time honour.
"""

import json
from collections.abc import Mapping
from typing import Any

from jobwire.emulator.payloads import JSON_TYPE
from jobwire.emulator.run import Run

#: Overrides that are options of a trigger too, by another name where they have one.
_OPTIONS = {
    "payloadType": "payloadType",
    "metadata": "metadata",
    "tags": "tags",
    "concurrencyKey": "concurrencyKey",
    "machine": "machine",
    "version": "lockToVersion",
    "region": "region",
    "delay": "delay",
    "ttl": "ttl",
    "idempotencyKey": "idempotencyKey",
    "idempotencyKeyTTL": "idempotencyKeyTTL",
    "maxAttempts": "maxAttempts",
    "maxDuration": "maxDuration",
    "priority": "priority",
}


def replay_of(run: Run, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the trigger that replays a run."""
    kept = {
        "payloadType": run.payload_type,
        "queue": {"name": run.queue},
        "tags": list(run.tag_list),
        "metadata": None if run.metadata is None else json.loads(run.metadata),
        "machine": run.machine,
        "test": bool(run.is_test),
        "concurrencyKey": run.option_values.get("concurrencyKey"),
    }
    options = {name: value for name, value in kept.items() if value is not None}
    body: dict[str, Any] = {"options": options}
    if run.payload is not None:
        plain = run.payload_type == JSON_TYPE
        body["payload"] = json.loads(run.payload) if plain else run.payload
    if "payload" in overrides:
        body["payload"] = overrides["payload"]
        options["payloadType"] = JSON_TYPE
    if "queue" in overrides:
        options["queue"] = {"name": overrides["queue"]}
    for name, option in _OPTIONS.items():
        if name in overrides:
            options[option] = overrides[name]
    return body
