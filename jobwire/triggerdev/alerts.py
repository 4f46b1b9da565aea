"""Trigger.dev's own webhooks: alerts of runs, deployments and groups of errors.

Of runs it tells when they are FAILED, CRASHED, SYSTEM_FAILURE or TIMED_OUT, and of no
others. An alert may come twice, late or never: three deliveries are tried within
seconds.
Source: `packages/core/src/v3/schemas/webhooks.ts` and
`apps/webapp/app/v3/services/alerts/` of triggerdotdev/trigger.dev 4.5.12, read
2026-11-23.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedAlertError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.run_error import RunError, read_task_run_error

RUN_FAILED = "alert.run.failed"
DEPLOYMENT_SUCCESS = "alert.deployment.success"
DEPLOYMENT_FAILED = "alert.deployment.failed"
ERROR_GROUP = "alert.error"

#: What an alert without a type has, if it is one of the first version.
_OLD_MEMBERS = ("task", "run", "project", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailedAlert:
    """The alert that a run has failed.

    Attributes:
        id: The same in all deliveries of one alert.
        created: When the alert was made.
        status: The server's word; `RunStatus` may not know it.
        tags: The run's.
        idempotency_key: As stored: a hash, if the official SDK triggered the run.
        error: Why; None: not told.
        is_out_of_memory: Whether the process needed more memory than its machine has.
        environment_id: The same as `TriggerDevClient.environment_id`.
        project_ref: `proj_…`; None: not told.
        task_version: The deployment that the run was locked to, or `Unknown`.
        machine: The preset, such as `small-1x`.
        dashboard_url: Where people can look at the run.
    """

    id: str
    created: datetime
    run_id: str
    task_identifier: str
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    tags: tuple[str, ...]
    idempotency_key: str | None
    error: RunError | None
    is_out_of_memory: bool
    environment_id: str
    is_test: bool = False
    project_ref: str | None = None
    task_version: str | None = None
    machine: str | None = None
    dashboard_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRunFailedAlert:
    """The same alert of a channel of the first version, which tells less.

    It has no id of its own: a run fails once, so `run_id` will do.

    Attributes:
        idempotency_key: As stored: a hash, if the official SDK triggered the run.
        error: Why; None: not told.
    """

    run_id: str
    task_identifier: str
    is_test: bool
    idempotency_key: str | None
    error: RunError | None
    environment_id: str
    project_ref: str | None


@dataclass(frozen=True, slots=True)
class DeployedTask:
    """A task of a deployment.

    Attributes:
        trigger_source: The server's word, such as `STANDARD` or `SCHEDULED`.
    """

    id: str
    file_path: str
    export_name: str | None
    trigger_source: str


@dataclass(frozen=True, slots=True)
class DeployedCommit:
    """The commit that was deployed."""

    branch: str
    commit_sha: str
    commit_message: str
    commit_url: str
    pull_request_number: int | None = None
    pull_request_title: str | None = None
    pull_request_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentAlert:
    """What the alerts of deployments have in common.

    Attributes:
        id: The same in all deliveries of one alert.
        status: The server's word, such as `DEPLOYED` or `FAILED`.
        version: Such as `20261101.1`.
        git: None: not told.
        vercel_url: Of the deployment at Vercel that belongs to it; None: there is none.
    """

    id: str
    created: datetime
    deployment_id: str
    status: str
    version: str
    short_code: str
    environment_id: str
    project_ref: str
    git: DeployedCommit | None = None
    vercel_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSucceededAlert(DeploymentAlert):
    """The alert that a deployment has succeeded."""

    deployed_at: datetime
    tasks: tuple[DeployedTask, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFailedAlert(DeploymentAlert):
    """The alert that a deployment has failed.

    Attributes:
        error_name, error_message: Why.
        stack, stderr: What else is known; None: nothing.
    """

    failed_at: datetime
    error_name: str
    error_message: str
    stack: str | None
    stderr: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroupAlert:
    """The alert that errors of one kind are new, back, or no longer ignored.

    Attributes:
        id: Another one in every delivery: to know it again, take `fingerprint` and
            `last_seen`.
        classification: The server's word: `new_issue`, `regression` or `unignored`.
        fingerprint: What the errors of the group have in common.
        occurrence_count: How many there were.
    """

    id: str
    created: datetime
    classification: str
    fingerprint: str
    error_type: str
    message: str
    stack_trace: str | None
    first_seen: datetime
    last_seen: datetime
    occurrence_count: int
    task_identifier: str
    environment_id: str
    project_ref: str
    dashboard_url: str


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """A webhook of a type that is newer than this client, as data.

    Attributes:
        type: None: it has none, or one that is no text.
        body: The whole of it: JSON.
    """

    type: str | None
    body: Mapping[str, Any]


Alert = (
    RunFailedAlert
    | OldRunFailedAlert
    | DeploymentSucceededAlert
    | DeploymentFailedAlert
    | ErrorGroupAlert
    | UnknownEvent
)


def read_alert(body: Mapping[str, Any]) -> Alert:
    """Read the JSON of an alert; a type that is not known is kept as data.

    Raises:
        MalformedAlertError: It has another shape than its type.
    """
    fields = Fields(body, "the alert", refuse=MalformedAlertError)
    type = fields.any("type")
    if isinstance(type, str):
        read = _READERS.get(type)
        return UnknownEvent(type, body) if read is None else read(fields)
    if type is None and all(fields.any(name) is not None for name in _OLD_MEMBERS):
        return _old_run_failed(fields)
    return UnknownEvent(None, body)


def _run_failed(fields: Fields) -> RunFailedAlert:
    subject = fields.object("object")
    run, task = subject.object("run"), subject.object("task")
    return RunFailedAlert(
        id=fields.text("id"),
        created=fields.time("created"),
        run_id=run.text("id"),
        task_identifier=task.text("id"),
        status=run.text("status"),
        started_at=run.optional_time("startedAt"),
        completed_at=run.optional_time("completedAt"),
        tags=run.texts("tags"),
        idempotency_key=run.optional_text("idempotencyKey"),
        error=read_task_run_error(run.optional_object("error")),
        is_out_of_memory=run.flag("isOutOfMemoryError"),
        environment_id=subject.object("environment").text("id"),
        is_test=run.flag("isTest"),
        project_ref=_project_ref(subject),
        task_version=task.optional_text("version"),
        machine=run.optional_text("machine"),
        dashboard_url=run.optional_text("dashboardUrl"),
    )


def _old_run_failed(fields: Fields) -> OldRunFailedAlert:
    run = fields.object("run")
    return OldRunFailedAlert(
        run_id=run.text("id"),
        task_identifier=fields.object("task").text("id"),
        is_test=run.flag("isTest"),
        idempotency_key=run.optional_text("idempotencyKey"),
        error=read_task_run_error(fields.optional_object("error")),
        environment_id=fields.object("environment").text("id"),
        project_ref=_project_ref(fields),
    )


def _project_ref(subject: Fields) -> str | None:
    project = subject.optional_object("project")
    return project.optional_text("ref") if project else None


def _deployment_succeeded(fields: Fields) -> DeploymentSucceededAlert:
    subject = fields.object("object")
    return DeploymentSucceededAlert(
        **_deployment(fields, subject),
        deployed_at=subject.object("deployment").time("deployedAt"),
        tasks=tuple(
            DeployedTask(
                task.text("id"),
                task.text("filePath"),
                task.optional_text("exportName"),
                task.text("triggerSource"),
            )
            for task in subject.objects("tasks")
        ),
    )


def _deployment_failed(fields: Fields) -> DeploymentFailedAlert:
    subject = fields.object("object")
    error = subject.object("error")
    return DeploymentFailedAlert(
        **_deployment(fields, subject),
        failed_at=subject.object("deployment").time("failedAt"),
        error_name=error.optional_text("name") or "",
        error_message=error.optional_text("message") or "",
        stack=error.optional_text("stack"),
        stderr=error.optional_text("stderr"),
    )


def _deployment(fields: Fields, subject: Fields) -> dict[str, Any]:
    deployment = subject.object("deployment")
    vercel = subject.optional_object("vercel")
    return {
        "id": fields.text("id"),
        "created": fields.time("created"),
        "deployment_id": deployment.text("id"),
        "status": deployment.text("status"),
        "version": deployment.text("version"),
        "short_code": deployment.text("shortCode"),
        "environment_id": subject.object("environment").text("id"),
        "project_ref": subject.object("project").text("ref"),
        "git": _commit(subject.optional_object("git")),
        "vercel_url": vercel.optional_text("deploymentUrl") if vercel else None,
    }


def _commit(git: Fields | None) -> DeployedCommit | None:
    if git is None:
        return None
    return DeployedCommit(
        git.optional_text("branch") or "",
        git.optional_text("commitSha") or "",
        git.optional_text("commitMessage") or "",
        git.optional_text("commitUrl") or "",
        git.count("pullRequestNumber") or None,
        git.optional_text("pullRequestTitle"),
        git.optional_text("pullRequestUrl"),
    )


def _error_group(fields: Fields) -> ErrorGroupAlert:
    subject = fields.object("object")
    error = subject.object("error")
    return ErrorGroupAlert(
        id=fields.text("id"),
        created=fields.time("created"),
        classification=subject.text("classification"),
        fingerprint=error.text("fingerprint"),
        error_type=error.optional_text("type") or "",
        message=error.optional_text("message") or "",
        stack_trace=error.optional_text("stackTrace"),
        first_seen=error.time("firstSeen"),
        last_seen=error.time("lastSeen"),
        occurrence_count=error.count("occurrenceCount"),
        task_identifier=error.text("taskIdentifier"),
        environment_id=subject.object("environment").text("id"),
        project_ref=subject.object("project").text("ref"),
        dashboard_url=subject.optional_text("dashboardUrl") or "",
    )


_READERS: Mapping[str, Callable[[Fields], Alert]] = {
    RUN_FAILED: _run_failed,
    DEPLOYMENT_SUCCESS: _deployment_succeeded,
    DEPLOYMENT_FAILED: _deployment_failed,
    ERROR_GROUP: _error_group,
}
