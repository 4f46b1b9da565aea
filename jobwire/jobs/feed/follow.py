"""Following: what a reader is told of something, from somewhere on."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar

from jobwire.jobs.feed.audience import Audience, Told, alone
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.log import read_state
from jobwire.jobs.feed.messages import StreamMessage
from jobwire.jobs.feed.stream import Give, Stream
from jobwire.jobs.feed.subscription import End
from jobwire.jobs.job import Job
from jobwire.jobs.queries import AsOf
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection

R = TypeVar("R")


class Follow(ABC):
    """Something that one reader follows, from somewhere on; it is told once.

    Attributes:
        interest: What is followed, behind the viewer's wall.
    """

    def __init__(
        self, feed: Feed, viewer: Viewer, interest: Interest, *, after: str | None
    ) -> None:
        """Prepare it.

        Args:
            feed: The live log.
            viewer: Who asks; the stream ends with Closing when their token does.
            interest: What is followed.
            after: Go on behind this cursor; None: from now.

        Raises:
            InvalidCursorError: This server did not give the cursor.
        """
        self.interest = interest
        self._feed = feed
        self._viewer = viewer
        self._given = None if after is None else feed.position(after)
        self._stream: Stream[Any] | None = None
        self._end: End | None = None

    @abstractmethod
    def tell(
        self, audience: Audience[R], give: Give[R] | None = None
    ) -> AsyncGenerator[Told[R], None]:
        """Tell a reader what happens.

        Args:
            audience: With whom the reader shares what it is shown.
            give: At the live edge, takes a change without the reader's task; it is
                never given the last one.
        """

    async def messages(self) -> AsyncGenerator[StreamMessage, None]:
        """Tell a reader who shares with nobody."""
        async with aclosing(self.tell(alone())) as all_told:
            async for told in all_told:
                yield told.message

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Ask the reader to finish, and to connect again."""
        self._end = End(reason, reconnect_after)
        if self._stream is not None:
            self._stream.finish(self._end)

    def _open(self, audience: Audience[R], give: Give[R] | None) -> Stream[R]:
        stream = Stream(self._feed, self._viewer, self.interest, audience, give=give)
        self._stream = stream
        if self._end is not None:
            stream.finish(self._end)
        return stream

    @abstractmethod
    async def _read(self, connection: Connection) -> tuple[list[Job], AsOf]:
        """Read the jobs as they stand."""

    async def _begin(self) -> tuple[list[Job], Position, str | None]:
        """Read the jobs, where that stands, and why the cursor is stale, if it is."""
        feed = self._feed
        while True:
            async with feed.database.connection() as connection:
                state = await read_state(connection)
                jobs, as_of = await self._read(connection)
            now = feed.position_of(as_of)
            if now.epoch == feed.epoch:
                given = self._given
                return jobs, now, None if given is None else state.why_stale(given)
            # The follower begins the epoch that this read did not find.
            await feed.next_read()
