"""The feed: every change of every job, in commit order, once, to whoever follows."""

from jobwire.jobs.feed.cursor import CursorCodec, Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follow import follow_job, follow_list, follow_status
from jobwire.jobs.feed.messages import (
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)

__all__ = [
    "CaughtUp",
    "Changed",
    "Closing",
    "CursorCodec",
    "Feed",
    "Position",
    "Reset",
    "Snapshotted",
    "StreamMessage",
    "follow_job",
    "follow_list",
    "follow_status",
]
