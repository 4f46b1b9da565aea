"""What can be followed: one job, a list of jobs, the status of one job."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import NotFoundError, UnauthenticatedError
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.log import read_state
from jobwire.jobs.feed.messages import (
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)
from jobwire.jobs.feed.stream import Stream
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.queries import MAX_PAGE, AsOf, Window, read_job, read_job_page
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection
from jobwire.models.vocabulary import JobStatus

T = TypeVar("T")


async def follow_job(
    feed: Feed,
    viewer: Viewer,
    job_id: UUID,
    *,
    after: str | None = None,
    snapshot: bool = True,
) -> AsyncGenerator[StreamMessage, None]:
    """Tell everything about one job; ends by itself behind the event that ends it.

    Of a job that has ended already it tells what is asked for, `CaughtUp`, and ends.

    Args:
        feed: The live log.
        viewer: Who asks; the stream ends with Closing when their token does.
        job_id: The job.
        after: Go on behind this cursor; None: from now.
        snapshot: Begin with the job as it stands.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        InvalidCursorError: This server did not give the cursor.
    """
    given = None if after is None else feed.position(after)

    async def read(connection: Connection) -> tuple[Job, AsOf]:
        job, as_of = await read_job(connection, viewer, job_id)
        if job is None:
            raise NotFoundError(identifiers.job_id_text(job_id))
        return job, as_of

    job, now, stale = await _read_at(feed, given, read)
    stream = Stream(feed, viewer, Interest(job_id, viewer.wall))
    ended = is_terminal(job.job_status)
    jobs = [job] if snapshot else []
    async with aclosing(stream.messages(given, now, jobs=jobs, stale=stale)) as told:
        async for message in told:
            yield message
            if isinstance(message, Changed):
                ended = ended or is_terminal(JobStatus(message.event.to_status))
            elif isinstance(message, Reset) and stream.is_live:
                # The event that ended it may be among those that were missed.
                found = await _read_job(feed, viewer, job_id)
                ended = found is None or is_terminal(found.job_status)
            if ended and stream.is_live:
                return


async def follow_list(
    feed: Feed,
    viewer: Viewer,
    filter: JobFilter,
    *,
    after: str | None = None,
    snapshot: bool = False,
) -> AsyncGenerator[StreamMessage, None]:
    """Tell what changes among the jobs of a filter, and which of them leave it.

    Args:
        feed: The live log.
        viewer: Who asks; the stream ends with Closing when their token does.
        filter: Which jobs.
        after: Go on behind this cursor; None: from now.
        snapshot: Begin with the jobs that match now, newest first, at most 100; a
            longer list is read page by page and followed from its `asOf`.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
        InvalidInputError: The filter has too many combinations for a snapshot.
        InvalidCursorError: This server did not give the cursor.
    """
    given = None if after is None else feed.position(after)
    window: Window[UUID] = Window(first=MAX_PAGE if snapshot else 0)
    walled = filter.within(viewer)

    async def read(connection: Connection) -> tuple[list[Job], AsOf]:
        page = await read_job_page(connection, viewer, filter, window)
        assert page.as_of is not None  # noqa: S101 - every page of jobs carries it
        return page.items, page.as_of

    jobs, now, stale = await _read_at(feed, given, read)
    stream = Stream(feed, viewer, Interest(user_id=viewer.wall, filter=walled))
    async with aclosing(stream.messages(given, now, jobs=jobs, stale=stale)) as told:
        async for message in told:
            yield message


async def follow_status(
    feed: Feed, viewer: Viewer, job_id: UUID
) -> AsyncGenerator[tuple[Job, str], None]:
    """Give the job as it stands, then at each change of its status, with its cursor.

    Ends by itself when the job has ended, or when the process drains, which its status
    then tells apart. Changes that follow each other closely may be given as one.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        UnauthenticatedError: The viewer's token has expired.
    """
    version = 0
    async with aclosing(follow_job(feed, viewer, job_id)) as messages:
        async for message in messages:
            job: Job | None = None
            if isinstance(message, Snapshotted):
                job = message.job
            elif isinstance(message, Reset):
                job = await _read_job(feed, viewer, job_id)
            elif isinstance(message, Changed):
                event = message.event
                if (
                    event.from_status != event.to_status
                    and message.job.version > version
                ):
                    job = message.job
            elif isinstance(message, Closing) and _has_expired(feed, viewer):
                raise UnauthenticatedError(message.reason)
            if job is not None:
                version = job.version
                yield job, message.cursor


async def _read_at(
    feed: Feed,
    given: Position | None,
    read: Callable[[Connection], Awaitable[tuple[T, AsOf]]],
) -> tuple[T, Position, str | None]:
    """Read something and where that stands, and why `given` is stale, if it is."""
    while True:
        async with feed.database.connection() as connection:
            state = await read_state(connection)
            found, as_of = await read(connection)
        now = feed.position_of(as_of)
        if now.epoch == feed.epoch:
            return found, now, None if given is None else state.why_stale(given)
        # The follower begins the epoch that this read did not find.
        await feed.next_read()


async def _read_job(feed: Feed, viewer: Viewer, job_id: UUID) -> Job | None:
    async with feed.database.connection() as connection:
        job, _ = await read_job(connection, viewer, job_id)
    return job


def _has_expired(feed: Feed, viewer: Viewer) -> bool:
    return viewer.expires_at is not None and feed.clock.now() >= viewer.expires_at
