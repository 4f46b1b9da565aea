"""Runs as the API shows them; what is unset is left out, never null."""

import json
from typing import Any

from jobwire.emulator import run_errors
from jobwire.emulator.clock import iso
from jobwire.emulator.payloads import is_readable
from jobwire.emulator.run import Run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import TERMINAL, api_booleans, api_status

_ENVIRONMENT_NAME = "dev"
_USER_NAME = "Local Developer"


def listed(run: Run, state: State, *, current: bool) -> dict[str, Any]:
    """Return an element of a list, its status in the current or the old vocabulary."""
    finished_at = run.completed_at
    if finished_at is None and run.status in TERMINAL:
        finished_at = run.updated_at
    return {
        "id": run.id,
        "status": api_status(run.status, current=current),
        "taskIdentifier": run.task,
        **_set(idempotencyKey=run.idempotency_key, version=run.version),
        "createdAt": iso(run.created_at),
        "updatedAt": iso(run.updated_at),
        **_instants(
            startedAt=run.started_at or run.locked_at,
            finishedAt=finished_at,
            delayedUntil=run.delay_until,
            expiredAt=run.expired_at,
        ),
        "isTest": bool(run.is_test),
        **_set(ttl=run.ttl),
        "env": {
            "id": state.environment_id,
            "name": _ENVIRONMENT_NAME,
            "user": _USER_NAME,
        },
        "tags": list(run.tag_list),
        "costInCents": 0,
        "baseCostInCents": 0,
        "durationMs": run.usage_ms,
        "depth": run.depth,
        **_set(metadata=run.metadata_object),
        "taskKind": "STANDARD",
        "region": state.environment_id,
        **api_booleans(run.status),
    }


def retrieved(
    run: Run, related: dict[str, Any], state: State, *, current: bool
) -> dict[str, Any]:
    """Return a run with its payload, output and error, and its relatives as shown."""
    whole = related_run(run, state, current=current)
    if is_readable(run.payload, run.payload_type):
        whole["payload"] = run.payload_json
    if run.output is not None:
        whole["output"] = json.loads(run.output)
    if run.error is not None:
        whole["error"] = run_errors.shown(run.error)
    return {
        **whole,
        "attemptCount": run.attempt,
        # The real server's is always empty too.
        "attempts": [],
        "relatedRuns": related,
    }


def related_run(run: Run, state: State, *, current: bool) -> dict[str, Any]:
    """Return what is shown of a run beside another one."""
    key = run.idempotency_key and (run.idempotency_key_shown or run.idempotency_key)
    return {
        "id": run.id,
        "taskIdentifier": run.task,
        **_set(idempotencyKey=key, version=run.version),
        "status": api_status(run.status, current=current),
        "createdAt": iso(run.created_at),
        **_instants(startedAt=run.started_at),
        "updatedAt": iso(run.updated_at),
        **_instants(
            finishedAt=run.completed_at,
            delayedUntil=run.delay_until,
            expiredAt=run.expired_at,
        ),
        **_set(ttl=run.ttl),
        "costInCents": 0,
        "baseCostInCents": 0,
        "durationMs": run.usage_ms,
        "isTest": bool(run.is_test),
        "depth": run.depth,
        "tags": list(run.tag_list),
        **api_booleans(run.status),
        "triggerFunction": "trigger",
        **_set(metadata=run.metadata_object),
        "region": state.environment_id,
    }


def _set(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _instants(**values: int | None) -> dict[str, str]:
    return {name: iso(value) for name, value in values.items() if value is not None}
