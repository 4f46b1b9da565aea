"""Reading Trigger.dev's own alerts."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from jobwire.triggerdev import (
    MalformedAlertError,
    RunError,
    RunFailedAlert,
    read_alert,
)

ALERT: dict[str, Any] = {
    "id": "cm1",
    "created": "2026-11-23T19:00:00.000Z",
    "webhookVersion": "v1",
    "type": "alert.run.failed",
    "object": {
        "task": {"id": "my-task", "filePath": "src/x.ts", "version": "20261101.1"},
        "run": {
            "id": "run_1",
            "number": 0,
            "status": "FAILED",
            "createdAt": "2026-11-23T18:59:00.000Z",
            "startedAt": "2026-11-23T18:59:10.000Z",
            "completedAt": "2026-11-23T18:59:20.000Z",
            "isTest": False,
            "idempotencyKey": "hash",
            "tags": ["job:1"],
            "error": {
                "type": "BUILT_IN_ERROR",
                "name": "TypeError",
                "message": "m",
                "stackTrace": "at run",
            },
            "isOutOfMemoryError": False,
        },
        "environment": {"id": "env_1", "type": "PRODUCTION", "slug": "prod"},
    },
}


def _alert(**run: Any) -> dict[str, Any]:
    alert = deepcopy(ALERT)
    alert["object"]["run"].update(run)
    return alert


def test_an_alert_that_a_run_failed_is_read() -> None:
    assert read_alert(ALERT) == RunFailedAlert(
        id="cm1",
        created=datetime(2026, 11, 23, 19, 0, tzinfo=UTC),
        run_id="run_1",
        task_identifier="my-task",
        status="FAILED",
        started_at=datetime(2026, 11, 23, 18, 59, 10, tzinfo=UTC),
        completed_at=datetime(2026, 11, 23, 18, 59, 20, tzinfo=UTC),
        tags=("job:1",),
        idempotency_key="hash",
        error=RunError("m", "TypeError", "at run"),
        is_out_of_memory=False,
        environment_id="env_1",
    )


def test_what_an_alert_may_leave_out_is_none() -> None:
    alert = deepcopy(ALERT)
    alert["object"]["run"] = {"id": "run_1", "status": "SHATTERED"}

    read = read_alert(alert)

    assert read is not None
    assert (read.status, read.tags, read.is_out_of_memory) == ("SHATTERED", (), False)
    assert read.started_at is read.completed_at is read.idempotency_key is None
    assert read.error is None


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"type": "STRING_ERROR", "raw": "oh"}, RunError("oh")),
        ({"type": "CUSTOM_ERROR", "raw": '{"a":1}'}, RunError('{"a":1}')),
        (
            {"type": "INTERNAL_ERROR", "code": "TASK_PROCESS_OOM_KILLED"},
            RunError(
                "trigger.dev internal error (TASK_PROCESS_OOM_KILLED)",
                "TASK_PROCESS_OOM_KILLED",
            ),
        ),
        (
            {
                "type": "INTERNAL_ERROR",
                "code": "TASK_RUN_CRASHED",
                "message": "m",
                "stackTrace": "s",
            },
            RunError("m", "TASK_RUN_CRASHED", "s"),
        ),
        ({"type": "NEW_ERROR", "detail": {}}, RunError("")),
    ],
    ids=["string", "custom", "internal", "internal with words", "new"],
)
def test_every_kind_of_error_is_read(told: dict[str, Any], error: RunError) -> None:
    alert = read_alert(_alert(error=told))

    assert alert is not None
    assert alert.error == error


def test_a_process_that_ran_out_of_memory_is_told() -> None:
    alert = read_alert(_alert(status="CRASHED", isOutOfMemoryError=True))

    assert alert is not None
    assert alert.is_out_of_memory


@pytest.mark.parametrize(
    "body",
    [
        {"type": "alert.deployment.failed", "object": {}},
        {"type": "alert.error"},
        {"type": "RUN_STARTED"},
        {"type": ["odd"]},
        {"task": {"id": "t"}, "run": {"id": "run_1"}},
    ],
)
def test_what_is_no_alert_that_a_run_failed_is_none(body: dict[str, Any]) -> None:
    assert read_alert(body) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the alert must be an object, not a list."),
        (
            {"type": "alert.run.failed"},
            "object of the alert must be an object; it is missing.",
        ),
        (
            {**ALERT, "created": "now"},
            "created of the alert must be a date, not a text.",
        ),
        (
            _alert(id=None),
            "id of run of object of the alert must be text; it is missing.",
        ),
    ],
)
def test_an_alert_of_another_shape_is_named(body: Any, message: str) -> None:
    with pytest.raises(MalformedAlertError) as caught:
        read_alert(body)

    assert str(caught.value) == message
