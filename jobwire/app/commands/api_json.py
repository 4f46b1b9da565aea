"""What the GraphQL API would answer, as JSON for other programs.

The names, the words and the formats are those of the API because its own types say
them. What a type resolves with the context of an operation is not asked here, but given
by the caller. What of a job is secret is hidden even from operators, unless they ask.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from strawberry.schema.config import StrawberryConfig
from strawberry.types import get_object_definition, has_object_definition
from strawberry.types.field import StrawberryField

from jobwire.gql.subscriptions.messages import to_message
from jobwire.gql.types.bulk_operation import BulkOperation as ApiOperation
from jobwire.gql.types.job import Job as ApiJob
from jobwire.gql.types.job_attempt import JobAttempt
from jobwire.gql.types.job_event import JobEvent
from jobwire.gql.types.job_log import JobLogEdge
from jobwire.gql.types.job_schedule import JobSchedule as ApiSchedule
from jobwire.gql.types.notification import Notification as ApiNotification
from jobwire.gql.types.reconcile_report import ReconcileReport as ApiReport
from jobwire.jobs import json_text
from jobwire.jobs.bulk import BulkOperation
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.feed import Changed, Snapshotted, StreamMessage
from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.iso8601 import format_duration, format_instant
from jobwire.jobs.job import Attempt, Event, Job
from jobwire.jobs.logs.read import LogLine
from jobwire.jobs.notifications.log import Notification
from jobwire.jobs.reconcile import ReconcileReport
from jobwire.jobs.secrets import JobSecret, secret_parts

_name_of = StrawberryConfig().name_converter.get_graphql_name


def job_json(job: Job, *, reveal: bool = False) -> dict[str, Any]:
    """Write a job, all but its attempts and events.

    Args:
        job: The job.
        reveal: Whether to write what is secret.
    """
    replayed, schedule = job.replay_of, job.schedule_id
    return {
        **_object(ApiJob.of(job)),
        **_content(job, () if reveal else secret_parts(job)),
        "schedule": None if schedule is None else {"id": schedule_id_text(schedule)},
        "replayOf": None if replayed is None else {"id": job_id_text(replayed)},
    }


def history_json(
    job: Job,
    attempts: Iterable[Attempt],
    events: Iterable[Event],
    *,
    reveal: bool = False,
) -> dict[str, Any]:
    """Write a job with its attempts and events.

    Args:
        job: The job.
        attempts: Its attempts.
        events: Its events.
        reveal: Whether to write what is secret.
    """
    return {
        **job_json(job, reveal=reveal),
        "attempts": {"nodes": [_object(JobAttempt.of(one)) for one in attempts]},
        "events": {"nodes": [_event(one, job, reveal=reveal) for one in events]},
    }


def message_json(message: StreamMessage) -> dict[str, Any]:
    """Write a message of a stream, with its `__typename`."""
    shown = to_message(message)
    written = {"__typename": type(shown).__name__, **_object(shown)}
    if isinstance(message, Changed | Snapshotted):
        written["job"] |= _content(message.job, secret_parts(message.job))
    if isinstance(message, Changed):
        written["event"] = _event(message.event, message.job, reveal=False)
    return written


def schedule_json(schedule: JobSchedule, *, now: datetime) -> dict[str, Any]:
    """Write a job schedule with its next tick; its data unless its type is secret."""
    fires = not (schedule.is_paused or schedule.is_handed_back)
    next_at = schedule.tick_after(now) if fires else None
    return {
        **_object(ApiSchedule.of(schedule)),
        "data": None if schedule.secret_data else json_text.decode(schedule.data),
        "nextRunTimes": [] if next_at is None else [format_instant(next_at)],
    }


def operation_json(operation: BulkOperation) -> dict[str, Any]:
    """Write a bulk operation, all but its refusals."""
    return _object(ApiOperation.of(operation))


def log_edge_json(line: LogLine) -> dict[str, Any]:
    """Write a line of a log with its cursor."""
    return _object(JobLogEdge.of(line))


def report_json(report: ReconcileReport) -> dict[str, Any]:
    """Write a report of reconciliation; of its jobs the ids."""
    return {
        **_object(ApiReport.of(report)),
        "lostJobs": [{"id": job_id_text(id)} for id in report.lost_jobs],
        "suspects": [{"id": job_id_text(id)} for id in report.suspects],
        "orphanedJobs": [{"id": job_id_text(id)} for id in report.orphaned_jobs],
    }


def notification_json(notification: Notification) -> dict[str, Any]:
    """Write a notification, with its body."""
    return _object(ApiNotification.of(notification))


def line(written: dict[str, Any]) -> str:
    """Write an object as one line."""
    return json.dumps(written, ensure_ascii=False)


def _content(job: Job, hidden: Collection[JobSecret]) -> dict[str, Any]:
    """Write what a job takes, notes and returns, but for what is hidden."""
    has_result = job.success and JobSecret.RESULT not in hidden
    return {
        "data": None if JobSecret.DATA in hidden else json_text.decode(job.data),
        "result": json_text.decode(job.result) if has_result else None,
        "metadata": json_text.decode(job.metadata),
        "redacted": [part.value for part in hidden],
    }


def _event(event: Event, job: Job, *, reveal: bool) -> dict[str, Any]:
    changes = json.loads(event.changes)
    is_output = changes.get("result") is not None and not changes.get("failure_kind")
    if is_output and not reveal and JobSecret.RESULT in secret_parts(job):
        changes["result"] = None
    return {
        **_object(JobEvent.of(event, job)),
        "changes": changes,
        "detail": None if event.detail is None else json.loads(event.detail),
    }


def _object(shown: object) -> dict[str, Any]:
    """Write all fields of one of the API's types that need no operation."""
    fields = get_object_definition(type(shown), strict=True).fields
    return {
        _name_of(field): _value(_resolve(shown, field))
        for field in fields
        if field.base_resolver is None or field.base_resolver.info_parameter is None
    }


def _resolve(shown: object, field: StrawberryField) -> object:
    found: Any = getattr(shown, field.python_name)
    return found if field.base_resolver is None else found()


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return format_instant(value)
        case timedelta():
            return format_duration(value)
        case Enum():
            return value.name
        case list():
            return [_value(one) for one in value]
        case _ if has_object_definition(value):
            return _object(value)
        case _:
            return value
