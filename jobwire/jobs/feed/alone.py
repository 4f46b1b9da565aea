"""Reading by oneself: the messages as they are, shared with nobody."""

from collections.abc import AsyncGenerator
from uuid import UUID

from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follow_job import FollowJob
from jobwire.jobs.feed.follow_list import FollowList
from jobwire.jobs.feed.messages import StreamMessage
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.viewer import Viewer


def follow_job(
    feed: Feed,
    viewer: Viewer,
    job_id: UUID,
    *,
    after: str | None = None,
    snapshot: bool = True,
) -> AsyncGenerator[StreamMessage, None]:
    """Tell everything about one job, as `FollowJob` does.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        InvalidCursorError: This server did not give the cursor.
    """
    return FollowJob(feed, viewer, job_id, after=after, snapshot=snapshot).messages()


def follow_list(
    feed: Feed,
    viewer: Viewer,
    filter: JobFilter,
    *,
    after: str | None = None,
    snapshot: bool = False,
) -> AsyncGenerator[StreamMessage, None]:
    """Tell what changes among the jobs of a filter, as `FollowList` does.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
        InvalidInputError: The filter has too many combinations for a snapshot.
        InvalidCursorError: This server did not give the cursor.
    """
    return FollowList(feed, viewer, filter, after=after, snapshot=snapshot).messages()
