"""One reader's stream: from its position to the live edge, and along it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follower import CONNECTION_LOST
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.log import PLAN_SETTINGS, LogPage, read_missed
from jobwire.jobs.feed.messages import (
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
)
from jobwire.jobs.feed.subscription import End, Restart, Subscription
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Viewer

_EXPIRED = End("The token has expired.", timedelta())


class Stream:
    """One reader on its way; `messages` is what it is told.

    Attributes:
        is_live: Whether the live edge was reached.
        has_expired: Whether it ended because the viewer's token did.
    """

    def __init__(self, feed: Feed, viewer: Viewer, interest: Interest) -> None:
        """Prepare a stream of what the viewer may see of the interest."""
        self.is_live = False
        self._feed = feed
        self._expires_at = viewer.expires_at
        self._interest = interest
        self._subscription = Subscription(interest)
        self._position: Position
        self._timer: asyncio.TimerHandle | None = None

    @property
    def has_expired(self) -> bool:
        """Whether the viewer's token has."""
        return self._expires_at is not None and (
            self._feed.clock.now() >= self._expires_at
        )

    async def messages(
        self,
        given: Position | None,
        now: Position,
        *,
        jobs: Sequence[Job] = (),
        stale: str | None = None,
    ) -> AsyncGenerator[StreamMessage, None]:
        """Tell everything from a position on, without end.

        Args:
            given: Where the reader stands; None: at `now`.
            now: Where the read of `jobs` stands, in the epoch that is followed.
            jobs: The jobs to begin with.
            stale: Why nothing complete can be told from `given`; None: it can.
        """
        feed, subscription = self._feed, self._subscription
        self._position = now if given is None or stale is not None else given
        self._watch_expiry()
        ahead = now
        try:
            if stale is not None:
                yield self._reset(now, stale)
            for job in jobs:
                # Not the cursor of `now`: the changes up to it are still to come.
                yield Snapshotted(feed.cursor(self._position), job)
            while not self._must_end():
                live = await feed.join(subscription, ahead)
                async with aclosing(self._catch_up(live)) as messages:
                    async for message in messages:
                        yield message
                if self._position == live and subscription.end is None:
                    if not self.is_live:
                        self.is_live = True
                        yield CaughtUp(feed.cursor(live))
                    async with aclosing(self._live()) as messages:
                        async for message in messages:
                            yield message
                # Too slow for its queue, or cut off from the log: on from there.
                feed.leave(subscription)
                ahead = self._position
            end = subscription.end or _EXPIRED
            yield Closing(feed.cursor(self._position), end.reconnect_after, end.reason)
        finally:
            feed.leave(subscription)
            if self._timer is not None:
                self._timer.cancel()

    async def _catch_up(self, live: Position) -> AsyncGenerator[StreamMessage, None]:
        """Tell what lies between the reader's position and where live starts.

        It stops short of that when the log cannot be read at the moment.
        """
        if live.epoch != self._position.epoch and self._subscription.end is None:
            yield self._reset(live, "The event log began a new epoch.")
            return
        while self._position != live and not self._must_end():
            # First to the end of the read that was interrupted, then on from there:
            # so every position on the way is exact.
            position = self._position
            if position.target is None:
                position = replace(position, target=live.base)
            page = await self._read_missed(position)
            if page is None:
                return
            stale = page.state.why_stale(position)
            if stale is not None and page.state.epoch == live.epoch:
                yield self._reset(live, stale)
                return
            if stale is not None:
                # The follower is about to find that out, too.
                await self._feed.next_read()
                return
            for entry in page.entries:
                if self._must_end():
                    return
                self._position = replace(position, last_id=entry.id)
                cursor = self._feed.cursor(self._position)
                change = self._interest.change(entry, cursor)
                if change is not None:
                    yield change
            self._position = page.end

    async def _read_missed(self, position: Position) -> LogPage | None:
        """Read a page from the log; None: the connection was lost, and is back."""
        try:
            async with self._feed.database.transaction() as connection:
                for setting in PLAN_SETTINGS:
                    await connection.execute(f"SET LOCAL {setting}")
                return await read_missed(connection, position, self._interest)
        except CONNECTION_LOST:
            await self._feed.next_read()
            return None

    async def _live(self) -> AsyncGenerator[StreamMessage, None]:
        """Tell what the follower hands over, for as long as this keeps up."""
        while (item := await self._subscription.take()) is not None:
            if isinstance(item, Restart):
                yield self._reset(item.position, item.reason)
            elif self._must_end():
                return
            else:
                self._position = item.position
                change: Changed = item.change
                yield change

    def _reset(self, position: Position, reason: str) -> Reset:
        self._feed.count_reset()
        self._position = position
        return Reset(self._feed.cursor(position), reason)

    def _must_end(self) -> bool:
        if self.has_expired:
            self._subscription.finish(_EXPIRED)
        return self._subscription.end is not None

    def _watch_expiry(self) -> None:
        """End a silent stream, too, when its viewer's token does."""
        if self._expires_at is None or self._must_end():
            return
        left = self._expires_at - self._feed.clock.now()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(left.total_seconds(), self._watch_expiry)
