"""Streams: a snapshot if asked for, what was missed, then what happens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.follower import Feed
from jobwire.jobs.feed.log import PAGE, Entry, Interest, read_missed
from jobwire.jobs.feed.messages import (
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.feed.subscription import Delivery, End, Restart, Subscription
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.queries import MAX_PAGE, Window, read_job, read_job_page
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import JobStatus

_EXPIRED = "The token has expired."


async def follow_job(
    feed: Feed,
    viewer: Viewer,
    job_id: UUID,
    *,
    after: str | None = None,
    snapshot: bool = True,
) -> AsyncGenerator[StreamMessage, None]:
    """Tell everything about one job; ends by itself behind the event that ends it.

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
    position = None if after is None else feed.position(after)
    async with feed.database.connection() as connection:
        job, as_of = await read_job(connection, viewer, job_id)
    if job is None:
        raise NotFoundError(identifiers.job_id_text(job_id))
    now = await feed.position_of(as_of)
    interest = Interest(job_id=job_id, user_id=viewer.wall)
    stream = _Stream(feed, interest, viewer.expires_at)
    ended = is_terminal(job.job_status)
    shown = [job] if snapshot else []
    async with aclosing(stream.messages(position, now, shown)) as messages:
        async for message in messages:
            yield message
            if isinstance(message, Changed) and _ends(message):
                ended = True
            elif isinstance(message, Reset):
                async with feed.database.connection() as connection:
                    job, _ = await read_job(connection, viewer, job_id)
                ended = job is None or is_terminal(job.job_status)
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
        snapshot: Begin with the matching jobs as they stand, at most the 100 newest.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
        InvalidCursorError: This server did not give the cursor.
    """
    position = None if after is None else feed.position(after)
    walled = filter.within(viewer)
    size = MAX_PAGE if snapshot else 0
    async with feed.database.connection() as connection:
        page = await read_job_page(connection, viewer, filter, Window(first=size))
    assert page.as_of is not None  # noqa: S101 - pages of jobs always carry it
    now = await feed.position_of(page.as_of)
    interest = Interest(user_id=viewer.wall, filter=walled)
    stream = _Stream(feed, interest, viewer.expires_at)
    async with aclosing(stream.messages(position, now, page.items)) as messages:
        async for message in messages:
            yield message


async def follow_status(
    feed: Feed, viewer: Viewer, job_id: UUID
) -> AsyncGenerator[tuple[Job, str], None]:
    """Give the job as it stands, then at each change of status, with its cursor.

    Ends by itself behind the job's end, or when the process drains or the token ends.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
    """
    told: Job | None = None
    async with aclosing(follow_job(feed, viewer, job_id)) as messages:
        async for message in messages:
            if isinstance(message, Reset):
                async with feed.database.connection() as connection:
                    job, _ = await read_job(connection, viewer, job_id)
                if job is None:
                    return
            elif isinstance(message, Snapshotted | Changed):
                job = message.job
            else:
                continue
            if told is None or (
                job.version > told.version and job.status != told.status
            ):
                told = job
                yield job, message.cursor


def _ends(message: Changed) -> bool:
    return is_terminal(JobStatus(message.event.to_status))


@dataclass(slots=True)
class _Stream:
    """One reader's way from its position to the live edge, and along it."""

    feed: Feed
    interest: Interest
    expires_at: datetime | None
    #: Whether the live edge was reached.
    is_live: bool = False

    async def messages(
        self, position: Position | None, now: Position, jobs: list[Job]
    ) -> AsyncGenerator[StreamMessage, None]:
        feed = self.feed
        for job in jobs:
            yield Snapshotted(feed.cursor(now), job)
        if position is not None:
            stale = feed.why_stale(position)
            if stale is not None:
                feed.resets += 1
                yield Reset(feed.cursor(now), stale)
                position = None
        position = position or now
        subscription = Subscription(self.interest)
        try:
            while True:
                live = await feed.join(subscription, now.base)
                async with aclosing(self._missed(position, live)) as missed:
                    async for change in missed:
                        yield change
                position = Position(position.epoch, live)
                if not self.is_live:
                    self.is_live = True
                    yield CaughtUp(feed.cursor(position))
                async with aclosing(self._live(subscription, position)) as messages:
                    async for message, reached in messages:
                        position = reached
                        yield message
                        if isinstance(message, Closing):
                            return
                # Too slow for the queue: the log has everything.
                now = Position(position.epoch, position.target or position.base)
                feed.leave(subscription)
                subscription.caught_up()
        finally:
            feed.leave(subscription)

    async def _missed(
        self, position: Position, live: Snapshot
    ) -> AsyncGenerator[Changed, None]:
        """Give what lies between a position and the snapshot that live starts from."""
        # First to the end of the read that was interrupted, then from there on: so
        # every position on the way is exact.
        targets = [live] if position.target is None else [position.target, live]
        for target in targets:
            position = replace(position, target=target)
            while True:
                async with self.feed.database.connection() as connection:
                    entries = await read_missed(
                        connection, position, target, self.interest
                    )
                for entry in entries:
                    position = replace(position, last_id=entry.id)
                    change = self._change(entry, position)
                    if change is not None:
                        yield change
                if len(entries) < PAGE:
                    break
            position = Position(position.epoch, target)

    async def _live(
        self, subscription: Subscription, position: Position
    ) -> AsyncGenerator[tuple[StreamMessage, Position], None]:
        feed = self.feed
        while True:
            item = await self._take(subscription)
            if item is None:
                return
            if isinstance(item, End):
                cursor = feed.cursor(position)
                yield Closing(cursor, item.reconnect_after, item.reason), position
            elif isinstance(item, Restart):
                position = item.position
                yield Reset(feed.cursor(position), item.reason), position
            else:
                position = item.position
                change = self._change(item.entry, position)
                if change is not None:
                    yield change, position

    async def _take(
        self, subscription: Subscription
    ) -> Delivery | Restart | End | None:
        if self.expires_at is None:
            return await subscription.take()
        left = (self.expires_at - self.feed.clock.now()).total_seconds()
        try:
            return await asyncio.wait_for(subscription.take(), max(left, 0))
        except TimeoutError:
            return End(_EXPIRED, timedelta())

    def _change(self, entry: Entry, position: Position) -> Changed | None:
        """Return the change that an event is to this reader; None: none."""
        event, job, chosen = entry.event, entry.job, self.interest.filter
        matched = event.from_status is not None and chosen.matches(
            job, JobStatus(event.from_status)
        )
        matches = chosen.matches(job, JobStatus(event.to_status))
        if not (matched or matches):
            return None
        return Changed(self.feed.cursor(position), event, job, left_filter=not matches)
