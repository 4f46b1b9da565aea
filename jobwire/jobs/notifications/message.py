"""Messages: what is posted of an event, in the words of the API.

The job is as it was read with its event: never older than that, and the same in every
attempt. Its data, its result and its metadata stay here.
"""

import json
from datetime import datetime
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.identifiers import EVENT_PREFIX, job_id_text, type_id
from jobwire.jobs.iso8601 import format_duration, format_instant
from jobwire.jobs.job import Event, Job
from jobwire.jobs.lifecycle import is_cancelable, is_retryable, is_terminal
from jobwire.jobs.notify import type_of
from jobwire.models.vocabulary import (
    CancelMode,
    CancelOutcome,
    EventKind,
    JobStatus,
)

#: What an event is told as that reached a status under another name.
_BY_STATUS = {
    JobStatus.QUEUED: EventKind.QUEUED,
    JobStatus.RUNNING: EventKind.STARTED,
    JobStatus.WAITING: EventKind.WAITING,
    JobStatus.RETRYING: EventKind.ATTEMPT_FAILED,
    JobStatus.SUCCEEDED: EventKind.SUCCEEDED,
    JobStatus.FAILED: EventKind.FAILED,
    JobStatus.CANCELED: EventKind.CANCELED,
    JobStatus.EXPIRED: EventKind.EXPIRED,
}
#: Events that tell who brought the change, where others tell what it is.
_CORRECTIONS = (EventKind.DRIFT_CORRECTED, EventKind.ORPHAN_ADOPTED)


def message_type(event: Event) -> str:
    """Return the type of the message that tells of an event.

    That of its kind; but a job that reconciliation has put right is told by where it
    got, so that whoever waits for `job.succeeded` misses none.
    """
    kind = EventKind(event.kind)
    if kind in _CORRECTIONS and event.from_status != event.to_status:
        kind = _BY_STATUS[JobStatus(event.to_status)]
    return type_of(kind)


def write_message(event: Event, job: Job) -> str:
    """Write the body of a message."""
    message = {
        "type": message_type(event),
        "timestamp": format_instant(event.occurred_at),
        "data": {"job": _job(job), "event": _event(event)},
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": f"{type_id(EVENT_PREFIX, event.job_id)}_{event.version}",
        "jobId": job_id_text(event.job_id),
        "jobVersion": event.version,
        "kind": event.kind,
        "fromStatus": event.from_status,
        "toStatus": event.to_status,
        "source": event.source,
        "actor": event.actor,
        "attempt": event.attempt,
        "occurredAt": format_instant(event.occurred_at),
        "recordedAt": format_instant(event.recorded_at),
    }


def _job(job: Job) -> dict[str, Any]:
    status = job.job_status
    return {
        "id": job_id_text(job.id),
        "version": job.version,
        "tag": job.tag,
        "type": job.type,
        "userId": job.user_id,
        "executor": job.executor.upper(),
        "status": job.status,
        "isTerminal": is_terminal(status),
        "isCancelable": is_cancelable(
            status, cancel_pending=job.cancel_outcome == CancelOutcome.PENDING
        ),
        "isRetryable": is_retryable(status),
        "attention": job.needs,
        "success": job.success,
        "failure": _failure(job),
        "progress": _progress(job),
        "maxDuration": (
            None if job.max_duration is None else format_duration(job.max_duration)
        ),
        "attemptCount": job.attempts,
        "nextAttemptAt": _instant(job.next_attempt_at),
        "createdAt": _instant(job.created_at),
        "runAt": _instant(job.run_at),
        "startedAt": _instant(job.started),
        "finishedAt": _instant(job.finished),
        "updatedAt": _instant(job.updated_at),
        "expiresAt": _instant(job.expires_at),
        "triggerTaskId": job.trigger_task_id,
        "triggerRunId": job.trigger_run_id,
        "triggerStatus": job.trigger_status,
        "cancellation": _cancellation(job),
        "replayOf": (
            None if job.replay_of is None else {"id": job_id_text(job.replay_of)}
        ),
    }


def _failure(job: Job) -> dict[str, Any] | None:
    """Write why it failed; the stack is for operators alone."""
    if job.failure_kind is None:
        return None
    kept = (json_text.decode(job.result) or {}).get("error") or {}
    return {
        "kind": job.failure_kind,
        "name": kept.get("name"),
        "message": kept.get("message") or "",
        "code": kept.get("code"),
    }


def _progress(job: Job) -> dict[str, Any] | None:
    if job.progress is None:
        return None
    told: dict[str, Any] = json.loads(job.progress)
    at = told.get("updatedAt")
    return {
        "fraction": told.get("fraction"),
        "message": told.get("message"),
        "current": told.get("current"),
        "total": told.get("total"),
        "updatedAt": format_instant(
            job.updated_at if at is None else datetime.fromisoformat(at)
        ),
    }


def _cancellation(job: Job) -> dict[str, Any] | None:
    if job.cancel_outcome is None:
        return None
    return {
        "requestedAt": _instant(
            job.cancel_requested_at or job.finished or job.updated_at
        ),
        "requestedBy": job.cancel_requested_by,
        "reason": job.cancel_reason,
        "mode": job.cancel_mode or CancelMode.GRACEFUL.value,
        "graceUntil": _instant(job.cancel_grace_until),
        "acknowledgedAt": _instant(job.cancel_acknowledged_at),
        "confirmedAt": _instant(job.cancel_confirmed_at),
        "outcome": job.cancel_outcome,
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)
