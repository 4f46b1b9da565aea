"""Cancel: ask that a job ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import CANCEL_GRACE, decide_cancel
from jobwire.jobs.lock_for import lock_for
from jobwire.jobs.schedule_request import check_text
from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions import row
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import (
    CancelMode,
    CancelOutcome,
    DispatchState,
    EventKind,
    SignalSource,
)

MAX_REASON_LENGTH = 1000
#: The longest time that the code of a canceled job may be given to stop.
MAX_GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What a cancel did.

    Attributes:
        job: The job after it.
        already_settled: It had ended before; nothing was changed.
    """

    job: Job
    already_settled: bool


def check_wish(grace_period: timedelta, reason: str | None) -> None:
    """Hold what comes with a cancel to its limits.

    Raises:
        InvalidInputError: The reason is too long, or the grace is out of range.
    """
    if reason is not None:
        check_text("reason", reason, MAX_REASON_LENGTH)
    if not timedelta() <= grace_period <= MAX_GRACE:
        raise InvalidInputError(
            f"A grace period must be from zero to {MAX_GRACE.days} day, not"
            f" {format_duration(grace_period)}.",
            path=("gracePeriod",),
        )


async def cancel(
    connection: SqlConnection,
    job_id: UUID,
    *,
    viewer: Viewer,
    now: datetime,
    mode: CancelMode = CancelMode.GRACEFUL,
    grace_period: timedelta = CANCEL_GRACE,
    reason: str | None = None,
    if_version: int | None = None,
) -> CancelResult:
    """Cancel a job: SCHEDULED, QUEUED or RETRYING → CANCELED; else a wish.

    The wish is a fact beside the status. Whoever runs the code hears it, tells the
    code, and the job becomes CANCELED when the code has stopped, or keeps its own end
    if that came first. For a job whose dispatch to Trigger.dev was begun it is a wish
    even while it is QUEUED: a run may exist, and only its end is proof.

    A graceful wish waits for as long as the code takes, and is overdue after the grace.
    A forced one settles the job then, whether or not its code has stopped. Asking again
    changes nothing, except that FORCE escalates a graceful wish; that brings its end
    nearer or leaves it, and never puts it off.

    Must run inside a transaction: it locks the row, decides, and writes.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks.
        now: When.
        mode: How insistent it is.
        grace_period: How long the code may take to stop, from now: 0 to 1 day.
        reason: Why, at most 1,000 characters; kept with the job. That of an escalation
            takes the place of the first one.
        if_version: Only if the job still has this version; None: whatever it has.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        VersionConflictError: It has another version.
        InvalidInputError: The reason is too long, or the grace is out of range.
    """
    check_wish(grace_period, reason)
    job = await lock_for(viewer, connection, job_id, if_version=if_version)
    decision = decide_cancel(
        job.job_status,
        has_started=job.started is not None,
        is_dispatched=job.dispatch_state != DispatchState.NONE,
    )
    if decision is None:
        return CancelResult(job, already_settled=True)
    grace_until = now + grace_period
    kind, detail = EventKind.CANCEL_REQUESTED, None
    values: dict[str, Any]
    if job.cancel_outcome == CancelOutcome.PENDING:
        if mode is CancelMode.GRACEFUL or job.cancel_mode == CancelMode.FORCE:
            return CancelResult(job, already_settled=False)
        values = {
            "cancel_mode": mode.value,
            "cancel_grace_until": min(
                job.cancel_grace_until or grace_until, grace_until
            ),
            "cancel_reason": job.cancel_reason if reason is None else reason,
        }
    else:
        values = {
            "cancel_requested_at": now,
            "cancel_requested_by": viewer.user_id,
            "cancel_reason": reason,
            "cancel_mode": mode.value,
            "cancel_outcome": decision.outcome.value,
        }
        if decision.status is None:
            values["cancel_grace_until"] = grace_until
        else:
            kind, detail = EventKind.CANCELED, SettledBy.NOT_RUNNING.detail
            values |= {
                "status": decision.status.value,
                "finished": now,
                "next_attempt_at": None,
                "cancel_confirmed_at": now,
            }
    job = await row.write(
        connection,
        job,
        values,
        kind=kind,
        source=SignalSource.API,
        actor=viewer.user_id,
        now=now,
        detail=viewer.detail(detail),
    )
    return CancelResult(job, already_settled=False)
