"""Runs as the API shows them; what is unset is left out, never null."""

import json
from collections.abc import Callable
from typing import Any

from jobwire.emulator import run_errors, schedules
from jobwire.emulator.clock import iso
from jobwire.emulator.payloads import STORE_TYPE, is_readable
from jobwire.emulator.project import ENVIRONMENT_SLUG
from jobwire.emulator.run import Run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import TERMINAL, api_booleans, api_status

USER_NAME = "Local Developer"


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
            "name": ENVIRONMENT_SLUG,
            "user": USER_NAME,
        },
        "tags": list(run.tag_list),
        "costInCents": 0,
        "baseCostInCents": 0,
        "durationMs": run.usage_ms,
        "depth": run.depth,
        **_set(metadata=run.metadata_object),
        "taskKind": "STANDARD" if run.schedule_id is None else "SCHEDULED",
        "region": state.environment_id,
        **api_booleans(run.status),
    }


def retrieved(
    run: Run,
    related: dict[str, Any],
    state: State,
    *,
    current: bool,
    presign: Callable[[str], str],
) -> dict[str, Any]:
    """Return a run with its payload, output and error, and its relatives as shown.

    What lies in the object store is told by a URL that `presign` makes of its path.
    """
    whole = related_run(run, state, current=current)
    if is_readable(run.payload, run.payload_type):
        whole["payload"] = run.payload_json
    elif run.payload is not None:
        whole["payloadPresignedUrl"] = presign(run.payload)
    if run.output is not None and run.output_type == STORE_TYPE:
        whole["outputPresignedUrl"] = presign(run.output)
    elif run.output is not None:
        whole["output"] = json.loads(run.output)
    if run.error is not None:
        whole["error"] = run_errors.shown(run.error)
    return {
        **whole,
        "attemptCount": run.attempt,
        # The real server's is always empty too.
        "attempts": [],
        **_schedule(run, state),
        "relatedRuns": related,
    }


def _schedule(run: Run, state: State) -> dict[str, Any]:
    if run.schedule_id is None:
        return {}
    row = schedules.find(state.connection, run.schedule_id)
    if row is None:
        return {}
    key = row["deduplication_key"] if row["shows_key"] else None
    return {
        "schedule": {
            "id": row["id"],
            **_set(externalId=row["external_id"], deduplicationKey=key),
            "generator": schedules.shown_generator(row),
        }
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
        "triggerFunction": run.trigger_function,
        **_set(batchId=run.batch_id),
        **_set(metadata=run.metadata_object),
        "region": state.environment_id,
    }


def _set(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _instants(**values: int | None) -> dict[str, str]:
    return {name: iso(value) for name, value in values.items() if value is not None}
