"""What became of requests to cancel."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from jobwire.jobs.job import Job
from jobwire.models.vocabulary import CancelMode as Mode
from jobwire.models.vocabulary import CancelOutcome as Outcome


@strawberry.enum(name="CancelMode", description="How insistent a cancel is.")
class CancelMode(Enum):
    """`jobwire.models.vocabulary.CancelMode`."""

    GRACEFUL = strawberry.enum_value(
        Mode.GRACEFUL.value,
        description=(
            "Ask, and wait for the code to stop, for as long as it takes. After the"
            " grace period the cancel is overdue."
        ),
    )
    FORCE = strawberry.enum_value(
        Mode.FORCE.value,
        description=(
            "Ask, and after the grace period settle the job even if its code may still"
            " be running. What that code then reports is discarded."
        ),
    )


@strawberry.enum(
    name="CancelOutcome",
    description="What became of a request to cancel. Members may be added.",
)
class CancelOutcome(Enum):
    """The published part of `jobwire.models.vocabulary.CancelOutcome`."""

    PENDING = strawberry.enum_value(
        Outcome.PENDING.value,
        description="Requested; the job's code has not stopped yet.",
    )
    STOPPED = strawberry.enum_value(
        Outcome.STOPPED.value,
        description=(
            "No code of the job runs any more: it said that it stopped, it was"
            " between two attempts, its lease passed without a sign of life, or 60"
            " seconds passed since Trigger.dev said CANCELED. settledBy in the detail"
            " of its event says which."
        ),
    )
    NEVER_STARTED = strawberry.enum_value(
        Outcome.NEVER_STARTED.value, description="No code of the job had run."
    )
    FINISHED_FIRST = strawberry.enum_value(
        Outcome.FINISHED_FIRST.value,
        description="The job ended by itself first and keeps SUCCEEDED or FAILED.",
    )
    FORCED_UNCONFIRMED = strawberry.enum_value(
        Outcome.FORCED_UNCONFIRMED.value,
        description=(
            "The grace period of a FORCE passed: the job is CANCELED, and its code may"
            " still be running."
        ),
    )


@strawberry.type(
    description=(
        "A request to cancel a job and what became of it. The request is a fact beside"
        " the status: a running job becomes CANCELED only when its code has stopped."
    )
)
class JobCancellation:
    """The cancel of one job."""

    requested_at: datetime = strawberry.field(
        description="When it was first asked for; an escalation leaves it."
    )
    requested_by: str | None = strawberry.field(
        description="The id of the user who asked first; null when it was no user."
    )
    reason: str | None = strawberry.field(
        description="Why, in the words of who asked; null when nothing was said."
    )
    mode: CancelMode = strawberry.field(
        description="How insistent it is: FORCE once anybody has asked for that."
    )
    grace_until: datetime | None = strawberry.field(
        description=(
            "Until when the code may take to stop. While the outcome is PENDING: a"
            " GRACEFUL cancel is overdue from then on, a FORCE one settles the job"
            " then. Null when there was nothing to wait for."
        )
    )
    acknowledged_at: datetime | None = strawberry.field(
        description=(
            "When the running code was told; null before that and when none ran."
        )
    )
    confirmed_at: datetime | None = strawberry.field(
        description="When the outcome was known; null while it is PENDING."
    )
    outcome: CancelOutcome = strawberry.field(description="What became of it.")

    @classmethod
    def of(cls, job: Job) -> Self | None:
        """Show the cancel of a job; None when it was never asked for."""
        if job.cancel_outcome is None:
            return None
        return cls(
            requested_at=job.cancel_requested_at or job.finished or job.updated_at,
            requested_by=job.cancel_requested_by,
            reason=job.cancel_reason,
            mode=CancelMode(job.cancel_mode or Mode.GRACEFUL),
            grace_until=job.cancel_grace_until,
            acknowledged_at=job.cancel_acknowledged_at,
            confirmed_at=job.cancel_confirmed_at,
            outcome=CancelOutcome(job.cancel_outcome),
        )
