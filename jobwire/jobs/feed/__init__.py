"""The feed: every change of every job, in commit order, once, to whoever follows."""

from jobwire.jobs.feed.alone import follow_job, follow_list
from jobwire.jobs.feed.audience import Audience, Told
from jobwire.jobs.feed.cursor import CursorCodec, Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follow import Follow
from jobwire.jobs.feed.follow_job import FollowJob, FollowStatus
from jobwire.jobs.feed.follow_list import FollowList
from jobwire.jobs.feed.messages import (
    RECONNECT_AFTER,
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)

__all__ = [
    "RECONNECT_AFTER",
    "Audience",
    "CaughtUp",
    "Changed",
    "Closing",
    "CursorCodec",
    "Feed",
    "Follow",
    "FollowJob",
    "FollowList",
    "FollowStatus",
    "Position",
    "Reset",
    "Snapshotted",
    "StreamMessage",
    "Told",
    "follow_job",
    "follow_list",
]
