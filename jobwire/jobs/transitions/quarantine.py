"""Quarantine: jobs whose run is not known, suspected first and settled later."""

from datetime import datetime
from typing import Any

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import Verb, event_kind, is_terminal
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import (
    AttentionKind,
    DispatchState,
    EventKind,
    JobStatus,
    SignalSource,
)

SUSPECT = AttentionKind.ORPHAN_SUSPECT.value

_LOSE_ATTEMPT = """
UPDATE job_attempts SET status = 'LOST', finished_at = $2
 WHERE job_id = $1 AND status = 'RUNNING'"""


async def suspect(
    connection: SqlConnection, run_id: str, *, now: datetime
) -> Job | None:
    """Mark the open job of a run that is not known; the status stays.

    Must run inside a transaction.

    Returns:
        The job; None when it has ended, is marked already, or there is none.
    """
    job = await row.lock_by_run(connection, run_id)
    if job is None or is_terminal(job.job_status) or SUSPECT in job.attention:
        return None
    return await row.write(
        connection,
        job,
        {"attention": sorted({*job.attention, SUSPECT})},
        kind=EventKind.ATTENTION_CHANGED,
        source=SignalSource.RECONCILER,
        actor=None,
        now=now,
        detail={"was": job.attention},
    )


async def lock_suspect(connection: SqlConnection, run_id: str) -> Job | None:
    """Lock the job of a run, if it is a suspect still; None: it is none any more."""
    job = await row.lock_by_run(connection, run_id)
    if job is None or is_terminal(job.job_status) or SUSPECT not in job.attention:
        return None
    return job


async def redispatch(connection: SqlConnection, job: Job, *, now: datetime) -> Job:
    """Forget a lost run and let the job be dispatched anew.

    QUEUED, RUNNING or WAITING → QUEUED; linked → none, under the next dispatch number.
    Must run inside the transaction that holds the lock.
    """
    await connection.fetch(_LOSE_ATTEMPT, job.id, now)
    values: dict[str, Any] = {
        "status": JobStatus.QUEUED.value,
        "dispatch_state": DispatchState.NONE.value,
        "dispatch_number": job.dispatch_number + 1,
        "dispatched_at": None,
        "trigger_environment": None,
        "trigger_run_id": None,
        "trigger_status": None,
        "next_attempt_at": now,
        "attention": [kind for kind in job.attention if kind != SUSPECT],
    }
    if job.started is not None:
        # It started in time; only what has not can expire.
        values["expires_at"] = None
    return await row.write(
        connection,
        job,
        values,
        kind=event_kind(Verb.REDISPATCH, job.job_status, JobStatus.QUEUED),
        source=SignalSource.RECONCILER,
        actor=None,
        now=now,
        detail={"lostRun": job.trigger_run_id, "was": job.attention},
    )
