"""The bodies of alerts, as the official SDK reads them.

Source: `deliverAlert.server.ts` and `deliverErrorGroupAlert.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from jobwire.emulator.alert_channels import (
    DEPLOYMENT_FAILED,
    DEPLOYMENT_SUCCESS,
    ERROR_GROUP,
    RUN_FAILED,
)
from jobwire.emulator.api.machines import DEFAULT_MACHINE
from jobwire.emulator.clock import iso
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.payloads import write_json
from jobwire.emulator.project import ORGANIZATION, PROJECT, environment
from jobwire.emulator.run import Run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import api_status
from jobwire.emulator.task import OUT_OF_MEMORY

_UNKNOWN = "Unknown"
_ERROR_GROUP_VERSION = "2025-01-01"
_NO_ERROR = {"type": "STRING_ERROR", "raw": "No error on run"}


def run_failed(run: Run, state: State, *, now: int) -> dict[str, Any]:
    """A run has failed."""
    return _alert(
        RUN_FAILED,
        {
            "task": {
                "id": run.task,
                "filePath": f"tasks/{run.task}.ts",
                "exportName": run.task,
                "version": run.version or _UNKNOWN,
                "sdkVersion": _UNKNOWN,
                "cliVersion": _UNKNOWN,
            },
            "run": _failed(run),
            **_place(state),
        },
        now=now,
    )


def sample(type: str, state: State, given: Mapping[str, Any], *, now: int) -> str:
    """Return an alert of what never happens here: deployments and groups of errors.

    Args:
        type: One of the other three types.
        state: Names the environment and its version.
        given: Members of `object` that replace those of the sample, one level deep.
        now: Milliseconds since 1970.
    """
    subject = {**_SAMPLES[type](state, now), **_place(state)}
    if type == ERROR_GROUP:
        subject["environment"] = {"id": state.environment_id, "name": "dev"}
    for name, value in given.items():
        old = subject.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            subject[name] = {**old, **value}
        else:
            subject[name] = value
    version = _ERROR_GROUP_VERSION if type == ERROR_GROUP else "v1"
    return write_json(_alert(type, subject, now=now, version=version))


def _alert(
    type: str, subject: dict[str, Any], *, now: int, version: str = "v1"
) -> dict[str, Any]:
    return {
        "id": new_cuid(now),
        "created": iso(now),
        "webhookVersion": version,
        "type": type,
        "object": subject,
    }


def _failed(run: Run) -> dict[str, Any]:
    error = _NO_ERROR if run.error is None else json.loads(run.error)
    told = {
        "id": run.id,
        "number": 0,
        "status": api_status(run.status, current=True),
        "createdAt": iso(run.created_at),
        "startedAt": None if run.started_at is None else iso(run.started_at),
        "completedAt": None if run.completed_at is None else iso(run.completed_at),
        "isTest": bool(run.is_test),
        "idempotencyKey": run.idempotency_key,
        "tags": list(run.tag_list),
        "error": error,
        "isOutOfMemoryError": error.get("code") in OUT_OF_MEMORY,
        "machine": run.machine or DEFAULT_MACHINE,
        "dashboardUrl": f"http://emulator.localhost/runs/{run.id}",
    }
    return {name: value for name, value in told.items() if value is not None}


def _place(state: State) -> dict[str, Any]:
    return {
        "environment": environment(state.environment_id),
        "organization": ORGANIZATION,
        "project": PROJECT,
    }


def _deployment_success(state: State, now: int) -> dict[str, Any]:
    return {
        "deployment": {
            "id": "deployment_sample",
            "status": "DEPLOYED",
            "version": state.version,
            "shortCode": "sample",
            "deployedAt": iso(now),
        },
        "tasks": [
            {
                "id": "my-task",
                "filePath": "tasks/my-task.ts",
                "exportName": "my-task",
                "triggerSource": "STANDARD",
            }
        ],
    }


def _deployment_failed(state: State, now: int) -> dict[str, Any]:
    return {
        "deployment": {
            "id": "deployment_sample",
            "status": "FAILED",
            "version": state.version,
            "shortCode": "sample",
            "failedAt": iso(now),
        },
        "error": {"name": "BuildError", "message": "The build failed."},
    }


def _error_group(_: State, now: int) -> dict[str, Any]:
    return {
        "classification": "new_issue",
        "error": {
            "fingerprint": "sample",
            "type": "Error",
            "message": "This task always fails",
            "firstSeen": iso(now),
            "lastSeen": iso(now),
            "occurrenceCount": 1,
            "taskIdentifier": "always-fails",
        },
        "dashboardUrl": "http://emulator.localhost/errors/sample",
    }


_SAMPLES: dict[str, Callable[[State, int], dict[str, Any]]] = {
    DEPLOYMENT_SUCCESS: _deployment_success,
    DEPLOYMENT_FAILED: _deployment_failed,
    ERROR_GROUP: _error_group,
}
