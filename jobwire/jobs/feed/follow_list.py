"""Following the jobs of a filter."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar
from uuid import UUID

from jobwire.jobs.feed.audience import Audience, Told
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follow import Follow
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.stream import Give
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.job_pages import read_job_page
from jobwire.jobs.queries import MAX_PAGE, AsOf, Window
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection

R = TypeVar("R")


class FollowList(Follow):
    """What changes among the jobs of a filter, and which of them leave it."""

    def __init__(
        self,
        feed: Feed,
        viewer: Viewer,
        filter: JobFilter,
        *,
        after: str | None = None,
        snapshot: bool = False,
    ) -> None:
        """Prepare it.

        Args:
            feed: The live log.
            viewer: Who asks; the stream ends with Closing when their token does.
            filter: Which jobs.
            after: Go on behind this cursor; None: from now.
            snapshot: Begin with the jobs that match now, newest first, at most 100; a
                longer list is read page by page and followed from its `asOf`.

        Raises:
            ForbiddenError: The filter names other users, and the viewer is no admin.
            InvalidCursorError: This server did not give the cursor.
        """
        interest = Interest(user_id=viewer.wall.user_id, filter=filter.within(viewer))
        super().__init__(feed, viewer, interest, after=after)
        self._window: Window[UUID] = Window(first=MAX_PAGE if snapshot else 0)

    async def tell(
        self, audience: Audience[R], give: Give[R] | None = None
    ) -> AsyncGenerator[Told[R], None]:
        """Tell the changes, without end.

        Raises:
            InvalidInputError: The filter has too many combinations for a snapshot.
        """
        jobs, now, stale = await self._begin()
        stream = self._open(audience, give)
        telling = stream.tell(self._given, now, jobs=jobs, stale=stale)
        async with aclosing(telling) as all_told:
            async for told in all_told:
                yield told

    async def _read(self, connection: Connection) -> tuple[list[Job], AsOf]:
        page = await read_job_page(
            connection, self._viewer, self.interest.filter, self._window
        )
        assert page.as_of is not None  # noqa: S101 - every page of jobs carries it
        return page.items, page.as_of
