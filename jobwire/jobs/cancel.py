"""Cancel: ask that a job ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import decide_cancel
from jobwire.jobs.schedule import check_text
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


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What a cancel did.

    Attributes:
        job: The job after it.
        already_settled: It had ended before; nothing was changed.
    """

    job: Job
    already_settled: bool


async def cancel(
    connection: SqlConnection,
    job_id: UUID,
    *,
    viewer: Viewer,
    now: datetime,
    reason: str | None = None,
) -> CancelResult:
    """Cancel a job: SCHEDULED, QUEUED or RETRYING → CANCELED; else a wish.

    The wish is a fact beside the status. Whoever runs the code hears it, tells the
    code, and the job becomes CANCELED when the code has stopped, or keeps its own end
    if that came first. For a job whose dispatch to Trigger.dev was begun it is a wish
    even while it is QUEUED: a run may exist, and only its end is proof. Asking again
    changes nothing.

    Must run inside a transaction: it locks the row, decides, and writes.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks.
        now: When.
        reason: Why, at most 1,000 characters; kept with the job.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        InvalidInputError: The reason is too long.
    """
    if reason is not None:
        check_text("reason", reason, MAX_REASON_LENGTH)
    job = await row.lock(connection, job_id, viewer=viewer)
    if job is None:
        raise NotFoundError(identifiers.job_id_text(job_id))
    decision = decide_cancel(
        job.job_status,
        has_started=job.started is not None,
        is_dispatched=job.dispatch_state != DispatchState.NONE,
    )
    if decision is None:
        return CancelResult(job, already_settled=True)
    if job.cancel_outcome == CancelOutcome.PENDING:
        return CancelResult(job, already_settled=False)
    values: dict[str, Any] = {
        "cancel_requested_at": now,
        "cancel_requested_by": viewer.user_id,
        "cancel_reason": reason,
        "cancel_mode": CancelMode.GRACEFUL.value,
        "cancel_outcome": decision.outcome.value,
    }
    kind = EventKind.CANCEL_REQUESTED
    if decision.status is not None:
        kind = EventKind.CANCELED
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
    )
    return CancelResult(job, already_settled=False)
