"""Reading Trigger.dev's own alerts."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from jobwire.triggerdev import (
    DeployedCommit,
    DeployedTask,
    DeploymentFailedAlert,
    DeploymentSucceededAlert,
    ErrorGroupAlert,
    MalformedAlertError,
    OldRunFailedAlert,
    RunError,
    RunFailedAlert,
    UnknownEvent,
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
            "machine": "small-1x",
            "dashboardUrl": "https://trigger.test/run_1",
        },
        "environment": {"id": "env_1", "type": "PRODUCTION", "slug": "prod"},
        "project": {"id": "p", "ref": "proj_1", "slug": "p", "name": "P"},
    },
}
AT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def _about(type: str, **subject: Any) -> dict[str, Any]:
    """An alert of another type in the same place."""
    place = {name: ALERT["object"][name] for name in ("environment", "project")}
    return {**ALERT, "type": type, "object": {**place, **subject}}


def _deployment(at: str, **more: Any) -> dict[str, Any]:
    return {
        "deployment": {
            "id": "deployment_1",
            "status": "DEPLOYED",
            "version": "20261101.1",
            "shortCode": "abc",
            at: "2026-11-23T19:00:00.000Z",
        },
        **more,
    }


ERROR_GROUP = _about(
    "alert.error",
    classification="regression",
    error={
        "fingerprint": "f1",
        "type": "TypeError",
        "message": "m",
        "stackTrace": "at run",
        "firstSeen": "2026-11-23T18:00:00.000Z",
        "lastSeen": "2026-11-23T19:00:00.000Z",
        "occurrenceCount": 3,
        "taskIdentifier": "my-task",
    },
    environment={"id": "env_1", "name": "prod"},
    dashboardUrl="https://trigger.test/errors/f1",
)
OLD = {
    "task": {"id": "my-task", "fileName": "src/x.ts", "exportName": "x"},
    "run": {"id": "run_1", "isTest": True, "createdAt": "2026-11-23T18:59:00.000Z"},
    "environment": {"id": "env_1", "type": "PRODUCTION"},
    "organization": {"id": "o"},
    "project": {"id": "p", "ref": "proj_1"},
    "error": {"type": "STRING_ERROR", "raw": "oh"},
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
        is_test=False,
        project_ref="proj_1",
        task_version="20261101.1",
        machine="small-1x",
        dashboard_url="https://trigger.test/run_1",
    )


def test_what_an_alert_may_leave_out_is_none() -> None:
    alert = deepcopy(ALERT)
    alert["object"]["run"] = {"id": "run_1", "status": "SHATTERED"}

    read = read_alert(alert)

    assert isinstance(read, RunFailedAlert)
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

    assert isinstance(alert, RunFailedAlert)
    assert alert.error == error


def test_a_process_that_ran_out_of_memory_is_told() -> None:
    alert = read_alert(_alert(status="CRASHED", isOutOfMemoryError=True))

    assert isinstance(alert, RunFailedAlert)
    assert alert.is_out_of_memory


def test_an_alert_of_the_first_version_is_read() -> None:
    assert read_alert(OLD) == OldRunFailedAlert(
        run_id="run_1",
        task_identifier="my-task",
        is_test=True,
        idempotency_key=None,
        error=RunError("oh"),
        environment_id="env_1",
        project_ref="proj_1",
    )


def test_an_alert_that_a_deployment_succeeded_is_read() -> None:
    git = {
        "branch": "main",
        "commitSha": "abc",
        "commitMessage": "Do it",
        "commitUrl": "https://git.test/abc",
        "branchUrl": "https://git.test/main",
        "pullRequestNumber": 7,
    }
    task = {"id": "my-task", "filePath": "src/x.ts", "triggerSource": "STANDARD"}
    told = _deployment(
        "deployedAt", tasks=[task], git=git, vercel={"deploymentUrl": "https://v.test"}
    )

    assert read_alert(
        _about("alert.deployment.success", **told)
    ) == DeploymentSucceededAlert(
        id="cm1",
        created=AT,
        deployment_id="deployment_1",
        status="DEPLOYED",
        version="20261101.1",
        short_code="abc",
        environment_id="env_1",
        project_ref="proj_1",
        git=DeployedCommit("main", "abc", "Do it", "https://git.test/abc", 7),
        vercel_url="https://v.test",
        deployed_at=AT,
        tasks=(DeployedTask("my-task", "src/x.ts", None, "STANDARD"),),
    )


def test_an_alert_that_a_deployment_failed_is_read() -> None:
    told = _deployment("failedAt", error={"name": "E", "message": "m", "stderr": "s"})

    assert read_alert(
        _about("alert.deployment.failed", **told)
    ) == DeploymentFailedAlert(
        id="cm1",
        created=AT,
        deployment_id="deployment_1",
        status="DEPLOYED",
        version="20261101.1",
        short_code="abc",
        environment_id="env_1",
        project_ref="proj_1",
        failed_at=AT,
        error_name="E",
        error_message="m",
        stack=None,
        stderr="s",
    )


def test_an_alert_of_a_group_of_errors_is_read() -> None:
    assert read_alert(ERROR_GROUP) == ErrorGroupAlert(
        id="cm1",
        created=AT,
        classification="regression",
        fingerprint="f1",
        error_type="TypeError",
        message="m",
        stack_trace="at run",
        first_seen=AT.replace(hour=18),
        last_seen=AT,
        occurrence_count=3,
        task_identifier="my-task",
        environment_id="env_1",
        project_ref="proj_1",
        dashboard_url="https://trigger.test/errors/f1",
    )


@pytest.mark.parametrize(
    ("body", "type"),
    [
        ({"type": "alert.budget", "object": {}}, "alert.budget"),
        ({"type": ["odd"]}, None),
        ({"task": {"id": "t"}, "run": {"id": "run_1"}}, None),
        ({}, None),
    ],
)
def test_what_is_not_known_is_kept_as_data(
    body: dict[str, Any], type: str | None
) -> None:
    assert read_alert(body) == UnknownEvent(type, body)


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
        (
            _about("alert.deployment.failed"),
            "error of object of the alert must be an object; it is missing.",
        ),
        (
            _about("alert.deployment.success", **_deployment("failedAt", tasks=[])),
            (
                "deployedAt of deployment of object of the alert must be a date; it is"
                " missing."
            ),
        ),
        (
            {**OLD, "environment": None},
            "environment of the alert must be an object; it is missing.",
        ),
    ],
)
def test_an_alert_of_another_shape_is_named(body: Any, message: str) -> None:
    with pytest.raises(MalformedAlertError) as caught:
        read_alert(body)

    assert str(caught.value) == message
