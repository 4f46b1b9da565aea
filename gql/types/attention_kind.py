"""Why an operator should look at a job."""

from enum import Enum

import strawberry

from jobwire.models.vocabulary import AttentionKind as Kind


@strawberry.enum(
    name="AttentionKind",
    description=(
        "Why an operator should look at an open job; each is taken back when its reason"
        " is gone. Members may be added."
    ),
)
class AttentionKind(Enum):
    """The published part of `jobwire.models.vocabulary.AttentionKind`."""

    CANCEL_OVERDUE = strawberry.enum_value(
        Kind.CANCEL_OVERDUE.value,
        description=(
            "It was asked to stop, and has not done so within the grace period: its"
            " code ignores the request, or Trigger.dev has not confirmed it."
        ),
    )
    HEARTBEAT_LATE = strawberry.enum_value(
        Kind.HEARTBEAT_LATE.value,
        description=(
            "Nothing was heard of it for too long: an INTERNAL job is RUNNING on a"
            " lease that is over and nobody rescues it, or nobody could ask Trigger.dev"
            " about the run of a TRIGGER job."
        ),
    )
    START_OVERDUE = strawberry.enum_value(
        Kind.START_OVERDUE.value,
        description=(
            "It is due and QUEUED for too long: no worker takes it, it is not handed"
            " over, or it waits in the queue of Trigger.dev."
        ),
    )
    DRIFTED = strawberry.enum_value(
        Kind.DRIFTED.value,
        description="Reconciliation had to correct it: what should have told did not.",
    )
    ORPHAN_SUSPECT = strawberry.enum_value(
        Kind.ORPHAN_SUSPECT.value,
        description=(
            "Trigger.dev does not know its run; it is asked again before the job is"
            " settled as lost."
        ),
    )
