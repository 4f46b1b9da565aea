"""Where jobs stand."""

from enum import Enum

import strawberry

from jobwire.models.vocabulary import JobStatus as Status


@strawberry.enum(
    name="JobStatus",
    description=(
        "Where a job stands. Members may be added: treat an unknown one as not"
        " terminal and read isTerminal."
    ),
)
class JobStatus(Enum):
    """The published part of `jobwire.models.vocabulary.JobStatus`."""

    SCHEDULED = strawberry.enum_value(
        Status.SCHEDULED.value,
        description="Accepted, and due in the future: at nextAttemptAt.",
    )
    QUEUED = strawberry.enum_value(
        Status.QUEUED.value,
        description="Due, and waiting for a worker or in Trigger.dev's queue.",
    )
    RUNNING = strawberry.enum_value(
        Status.RUNNING.value,
        description=(
            "Its code is running. A worker keeps a lease on it: if the worker is lost,"
            " the lease runs out and the job is tried again or fails. A run on"
            " Trigger.dev stays RUNNING between its attempts."
        ),
    )
    WAITING = strawberry.enum_value(
        Status.WAITING.value,
        description="Started, and parked by Trigger.dev: a wait or a checkpoint.",
    )
    RETRYING = strawberry.enum_value(
        Status.RETRYING.value,
        description=(
            "The last attempt failed, and another one is due at nextAttemptAt."
        ),
    )
    SUCCEEDED = strawberry.enum_value(
        Status.SUCCEEDED.value, description="Ended: its code returned. Terminal."
    )
    FAILED = strawberry.enum_value(
        Status.FAILED.value,
        description=(
            "Ended: no attempt is left, or its failure cannot be retried. Terminal."
        ),
    )
    CANCELED = strawberry.enum_value(
        Status.CANCELED.value,
        description="Ended on request; cancellation tells how. Terminal.",
    )
    EXPIRED = strawberry.enum_value(
        Status.EXPIRED.value,
        description="Ended unstarted: its time-to-live passed first. Terminal.",
    )
