"""Trigger.dev's own webhook: the alert that a run has failed.

It tells of runs that are FAILED, CRASHED, SYSTEM_FAILURE or TIMED_OUT, and of no
others (Trigger.dev 4.5.12, read 2026-11-23). It may come twice, late or never: three
deliveries are tried within seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedAlertError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.run_error import RunError, read_task_run_error

RUN_FAILED = "alert.run.failed"


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


def read_alert(body: Mapping[str, Any]) -> RunFailedAlert | None:
    """Read a webhook's JSON; None: it is no alert that a run has failed.

    Raises:
        MalformedAlertError: It is one, or nothing at all, and has another shape.
    """
    fields = Fields(body, "the alert", refuse=MalformedAlertError)
    if fields.any("type") != RUN_FAILED:
        return None
    subject = fields.object("object")
    run = subject.object("run")
    return RunFailedAlert(
        id=fields.text("id"),
        created=fields.time("created"),
        run_id=run.text("id"),
        task_identifier=subject.object("task").text("id"),
        status=run.text("status"),
        started_at=run.optional_time("startedAt"),
        completed_at=run.optional_time("completedAt"),
        tags=run.texts("tags"),
        idempotency_key=run.optional_text("idempotencyKey"),
        error=read_task_run_error(run.optional_object("error")),
        is_out_of_memory=run.flag("isOutOfMemoryError"),
        environment_id=subject.object("environment").text("id"),
    )
