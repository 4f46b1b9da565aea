"""Messages of streams of jobs."""

from datetime import timedelta
from typing import Annotated, TypeAlias

import strawberry

from jobwire.gql.scalars import EventCursor
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_event import JobEvent

_CURSOR = (
    "Where the stream stands after this message: pass it as after to resume without a"
    " gap and without a repeat."
)


@strawberry.type(
    description="A job as it stood when the stream began, sent before any change."
)
class JobSnapshot:
    """One job of the snapshot."""

    cursor: EventCursor = strawberry.field(description=_CURSOR)
    job: Job = strawberry.field(description="The job.")


@strawberry.type(
    description=(
        "Something happened to a job. Changes come in the order of their commits; those"
        " of one job come by version, gap-free."
    )
)
class JobChange:
    """One event with its job."""

    cursor: EventCursor = strawberry.field(description=_CURSOR)
    event: JobEvent = strawberry.field(description="What happened.")
    job: Job = strawberry.field(
        description=(
            "The job as read together with the event. It may be newer than the event:"
            " its version is at least the event's jobVersion. Of a deleted job what it"
            " held is erased."
        )
    )
    left_filter: bool = strawberry.field(
        description=(
            "Whether the job matched the filter before the event and no longer does,"
            " or was deleted: remove it from the list. Always false in jobUpdates."
        )
    )


@strawberry.type(
    description=(
        "All that was committed when the stream began has been sent; what follows is"
        " live."
    )
)
class StreamCaughtUp:
    """The live edge."""

    cursor: EventCursor = strawberry.field(description=_CURSOR)


@strawberry.type(
    description=(
        "The stream cannot go on from where it stood: the cursor is older than the log,"
        " or from another database, or the database was restored or crashed. Read"
        " again, and go on from cursor."
    )
)
class StreamReset:
    """A gap that is said aloud."""

    cursor: EventCursor = strawberry.field(
        description="Where the stream goes on; changes before it are not sent."
    )
    reason: str = strawberry.field(description="Why, for people.")


@strawberry.type(
    description=(
        "The stream completes after this message, though more may come: the server is"
        " about to stop, the token of the caller has ended, or the connection is too"
        " old. Subscribe again with after: cursor."
    )
)
class StreamClosing:
    """A drain."""

    cursor: EventCursor = strawberry.field(description=_CURSOR)
    reconnect_after: timedelta = strawberry.field(
        description="How long to wait before subscribing again."
    )
    reason: str = strawberry.field(description="Why, for people.")


JobStreamMessage: TypeAlias = Annotated[
    JobSnapshot | JobChange | StreamCaughtUp | StreamReset | StreamClosing,
    strawberry.union(
        name="JobStreamMessage",
        description=(
            "One message of a stream: first the snapshot, if one was asked for, then"
            " changes in the order of their commits, StreamCaughtUp once when the live"
            " edge is reached, StreamReset when the stream had to leave something out,"
            " and StreamClosing when it ends before its time. Members may be added:"
            " ignore unknown ones."
        ),
    ),
]
