"""The feed's messages as the API shows them, one for one."""

from typing import assert_never

from jobwire.gql.scalars import EventCursor
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_event import JobEvent
from jobwire.gql.types.job_stream import (
    JobChange,
    JobSnapshot,
    StreamCaughtUp,
    StreamClosing,
    StreamReset,
)
from jobwire.jobs.feed import (
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)

Message = JobSnapshot | JobChange | StreamCaughtUp | StreamReset | StreamClosing


def to_message(message: StreamMessage) -> Message:
    """Show one message of a stream; its job stands where the stream does."""
    cursor = EventCursor(message.cursor)
    match message:
        case Snapshotted():
            return JobSnapshot(cursor=cursor, job=Job.of(message.job, cursor=cursor))
        case Changed():
            return JobChange(
                cursor=cursor,
                event=JobEvent.of(message.event, message.job),
                job=Job.of(message.job, cursor=cursor),
                left_filter=message.left_filter,
            )
        case CaughtUp():
            return StreamCaughtUp(cursor=cursor)
        case Reset():
            return StreamReset(cursor=cursor, reason=message.reason)
        case Closing():
            return StreamClosing(
                cursor=cursor,
                reconnect_after=message.reconnect_after,
                reason=message.reason,
            )
        case _:
            assert_never(message)
