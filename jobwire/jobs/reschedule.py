"""Reschedule: move the time of a job that has not started."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidStateError
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import Verb, event_kind, sources
from jobwire.jobs.lock_for import lock_for
from jobwire.jobs.schedule import first_status
from jobwire.jobs.schedule_request import RunTime
from jobwire.jobs.transitions import row
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import DispatchState, SignalSource

_ALLOWED = sources(Verb.RESCHEDULE)


async def reschedule(
    connection: SqlConnection,
    job_id: UUID,
    *,
    viewer: Viewer,
    now: datetime,
    when: RunTime,
    if_version: int | None = None,
) -> Job:
    """Give a job another time: SCHEDULED or QUEUED → SCHEDULED, or QUEUED if it is due.

    Its time-to-live counts from the new time. Whether a worker was faster is decided by
    the row: once an attempt has started, or the job was handed over to Trigger.dev, it
    is refused. Must run inside a transaction.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks.
        now: When.
        when: The new time.
        if_version: Only if the job still has this version; None: whatever it has.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        VersionConflictError: It has another version.
        InvalidStateError: It has started, was handed over, or has ended.
        InvalidInputError: The time does not fit.
    """
    run_at = when.resolve(now)
    job = await lock_for(viewer, connection, job_id, if_version=if_version)
    if job.job_status not in _ALLOWED:
        raise InvalidStateError("rescheduled", job.job_status, _ALLOWED)
    if job.started is not None:
        raise InvalidStateError(
            "rescheduled", job.job_status, _ALLOWED, reason="has started before"
        )
    if job.dispatch_state != DispatchState.NONE:
        raise InvalidStateError(
            "rescheduled",
            job.job_status,
            _ALLOWED,
            reason="was handed over to Trigger.dev",
        )
    status = first_status(run_at, now=now)
    values: dict[str, Any] = {"run_at": run_at, "next_attempt_at": run_at}
    if status is not job.job_status:
        values["status"] = status.value
    if job.expires_at is not None:
        values["expires_at"] = run_at + (job.expires_at - job.run_at)
    return await row.write(
        connection,
        job,
        values,
        kind=event_kind(Verb.RESCHEDULE, job.job_status, status),
        source=SignalSource.API,
        actor=viewer.user_id,
        now=now,
        detail=viewer.detail({"was": job.run_at.isoformat()}),
    )
