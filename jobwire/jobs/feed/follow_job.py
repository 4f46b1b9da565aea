"""Following one job: everything about it, or its status alone."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import NotFoundError, UnauthenticatedError
from jobwire.jobs.feed.audience import Audience, Told
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follow import Follow
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.messages import (
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)
from jobwire.jobs.feed.stream import Give
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.queries import AsOf, read_job
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection
from jobwire.models.vocabulary import JobStatus

R = TypeVar("R")


class FollowJob(Follow):
    """Everything about one job; ends by itself behind the event that ends it.

    Of a job that has ended already it tells what is asked for, `CaughtUp`, and ends.
    """

    def __init__(
        self,
        feed: Feed,
        viewer: Viewer,
        job_id: UUID,
        *,
        after: str | None = None,
        snapshot: bool = True,
    ) -> None:
        """Prepare it.

        Args:
            feed: The live log.
            viewer: Who asks; the stream ends with Closing when their token does.
            job_id: The job.
            after: Go on behind this cursor; None: from now.
            snapshot: Begin with the job as it stands.

        Raises:
            InvalidCursorError: This server did not give the cursor.
        """
        interest = Interest(job_id, viewer.wall.user_id)
        super().__init__(feed, viewer, interest, after=after)
        self._job_id = job_id
        self._snapshot = snapshot

    async def tell(
        self, audience: Audience[R], give: Give[R] | None = None
    ) -> AsyncGenerator[Told[R], None]:
        """Tell everything up to the end of the job.

        Raises:
            NotFoundError: There is no such job behind the viewer's wall.
        """
        jobs, now, stale = await self._begin()
        ended = is_terminal(jobs[0].job_status)
        stream = self._open(audience, give and _all_but_the_last(give))
        telling = stream.tell(
            self._given, now, jobs=jobs if self._snapshot else [], stale=stale
        )
        async with aclosing(telling) as all_told:
            async for told in all_told:
                yield told
                ended = ended or _ends(told.message)
                if isinstance(told.message, Reset) and stream.is_live:
                    # The event that ended it may be among those that were missed.
                    found = await self._find()
                    ended = found is None or is_terminal(found.job_status)
                if ended and stream.is_live:
                    return

    async def _read(self, connection: Connection) -> tuple[list[Job], AsOf]:
        job, as_of = await read_job(connection, self._viewer, self._job_id)
        if job is None:
            raise NotFoundError(identifiers.job_id_text(self._job_id))
        return [job], as_of

    async def _find(self) -> Job | None:
        async with self._feed.database.connection() as connection:
            job, _ = await read_job(connection, self._viewer, self._job_id)
        return job


def _ends(message: StreamMessage) -> bool:
    return isinstance(message, Changed) and is_terminal(
        JobStatus(message.event.to_status)
    )


def _all_but_the_last(give: Give[R]) -> Give[R]:
    """Leave the change that ends the job to the reader's task, which then ends, too."""
    return lambda told: not _ends(told.message) and give(told)


class FollowStatus(FollowJob):
    """The job as it stands, as `Snapshotted`, then `Changed` when its status does.

    Ends by itself when the job has ended, or when the process drains, which its status
    then tells apart. Changes that follow each other closely may be told as one.
    """

    def __init__(self, feed: Feed, viewer: Viewer, job_id: UUID) -> None:
        """Prepare it.

        Args:
            feed: The live log.
            viewer: Who asks.
            job_id: The job.
        """
        super().__init__(feed, viewer, job_id)
        #: That of the job as last told.
        self._version = 0

    async def tell(
        self, audience: Audience[R], give: Give[R] | None = None
    ) -> AsyncGenerator[Told[R], None]:
        """Tell each status.

        Raises:
            NotFoundError: There is no such job behind the viewer's wall.
            UnauthenticatedError: The viewer's token has expired.
        """
        telling = super().tell(audience, give and self._news_only(give))
        async with aclosing(telling) as all_told:
            async for told in all_told:
                match told.message:
                    case Snapshotted(job=job):
                        self._version = job.version
                        yield told
                    case Reset(cursor=cursor):
                        found = await self._find()
                        if found is not None:
                            self._version = found.version
                            yield await audience.tell(Snapshotted(cursor, found))
                    case Changed(job=job) if self._is_news(told.message):
                        self._version = job.version
                        yield told
                    case Closing(reason=reason) if self._viewer.has_expired(
                        self._feed.clock.now()
                    ):
                        raise UnauthenticatedError(reason)

    def _is_news(self, message: StreamMessage) -> bool:
        return (
            isinstance(message, Changed)
            and message.event.from_status != message.event.to_status
            and message.job.version > self._version
        )

    def _news_only(self, give: Give[R]) -> Give[R]:
        def give_news(told: Told[R]) -> bool:
            message = told.message
            if not isinstance(message, Changed) or not self._is_news(message):
                return True
            if not give(told):
                return False
            self._version = message.job.version
            return True

        return give_news
