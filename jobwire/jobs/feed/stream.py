"""One reader's stream: from its position to the live edge, and along it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Generic, TypeVar

from jobwire.jobs.feed.audience import Audience, Told
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.feed import Feed
from jobwire.jobs.feed.follower import CONNECTION_LOST
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.log import LogPage, planned, read_missed
from jobwire.jobs.feed.messages import (
    RECONNECT_AFTER,
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
)
from jobwire.jobs.feed.subscription import Delivery, End, Restart, Subscription
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Viewer

R = TypeVar("R")

#: Takes a change at once, without the reader's task; False: it cannot.
Give = Callable[[Told[R]], bool]

_EXPIRED = End("The token has expired.", RECONNECT_AFTER)


class Stream(Generic[R]):
    """One reader on its way; `tell` is what it is told.

    Attributes:
        is_live: Whether the live edge was reached.
    """

    def __init__(
        self,
        feed: Feed,
        viewer: Viewer,
        interest: Interest,
        audience: Audience[R],
        *,
        give: Give[R] | None = None,
    ) -> None:
        """Prepare a stream of what the viewer may see of the interest.

        Args:
            feed: The live log.
            viewer: Who reads; the stream ends with Closing when their token does.
            interest: What is followed.
            audience: With whom the reader shares what it is shown.
            give: At the live edge, takes a change without the reader's task.
        """
        self.is_live = False
        self._feed = feed
        self._viewer = viewer
        self._interest = interest
        self._audience = audience
        self._give = give
        self._subscription = Subscription(
            interest, audience, give=self._hand_over, backlog=feed.backlog
        )
        self._position: Position
        self._timer: asyncio.TimerHandle | None = None

    def finish(self, end: End) -> None:
        """Ask the reader to finish, and to connect again."""
        self._subscription.finish(end)

    async def tell(
        self,
        given: Position | None,
        now: Position,
        *,
        jobs: Sequence[Job] = (),
        stale: str | None = None,
    ) -> AsyncGenerator[Told[R], None]:
        """Tell everything from a position on, without end.

        Args:
            given: Where the reader stands; None: at `now`.
            now: Where the read of `jobs` stands, in the epoch that is followed.
            jobs: The jobs to begin with.
            stale: Why nothing complete can be told from `given`; None: it can.
        """
        feed, subscription = self._feed, self._subscription
        tell = self._audience.tell
        self._position = now if given is None or stale is not None else given
        self._watch_expiry()
        ahead = now
        try:
            if stale is not None:
                yield await self._reset(now, stale)
            for job in jobs:
                # Not the cursor of `now`: the changes up to it are still to come.
                yield await tell(Snapshotted(feed.cursor(self._position), job))
            while not self._must_end():
                live = await feed.join(subscription, ahead)
                async with aclosing(self._catch_up(live)) as missed:
                    async for told in missed:
                        yield told
                if self._position == live and subscription.end is None:
                    if not self.is_live:
                        self.is_live = True
                        yield await tell(CaughtUp(feed.cursor(live)))
                    async with aclosing(self._live()) as news:
                        async for told in news:
                            yield told
                # Too slow for its queue, or cut off from the log: on from there.
                feed.leave(subscription)
                ahead = self._position
            end = subscription.end or _EXPIRED
            cursor = feed.cursor(self._position)
            yield await tell(Closing(cursor, end.reconnect_after, end.reason))
        finally:
            feed.leave(subscription)
            if self._timer is not None:
                self._timer.cancel()

    async def _catch_up(self, live: Position) -> AsyncGenerator[Told[R], None]:
        """Tell what lies between the reader's position and where live starts.

        It stops short of that when the log cannot be read at the moment.
        """
        if live.epoch != self._position.epoch and self._subscription.end is None:
            yield await self._reset(live, "The event log began a new epoch.")
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
                yield await self._reset(live, stale)
                return
            if stale is not None:
                # The follower is about to find that out, too.
                await self._feed.next_read()
                return
            with self._feed.read_ahead.hold(page.entries) as held:
                for change in self._changes(held.entries, position):
                    yield await self._audience.tell(change)
            if not held.is_taken_away and not self._must_end():
                self._position = page.end

    def _changes(
        self, entries: Iterable[Entry], position: Position
    ) -> Iterator[Changed]:
        """Give what entries are to the reader, who then stands behind each."""
        for entry in entries:
            if self._must_end():
                return
            self._position = replace(position, last_id=entry.id)
            change = self._interest.change(entry, self._feed.cursor(self._position))
            if change is not None:
                yield change

    async def _read_missed(self, position: Position) -> LogPage | None:
        """Read a page from the log; None: the connection was lost, and is back."""
        try:
            async with (
                self._feed.database.connection() as connection,
                planned(connection),
            ):
                return await read_missed(
                    connection,
                    position,
                    self._interest,
                    lean=self._audience.reads_long,
                )
        except CONNECTION_LOST:
            await self._feed.next_read()
            return None

    async def _live(self) -> AsyncGenerator[Told[R], None]:
        """Tell what comes at the live edge, for as long as this keeps up."""
        while (item := await self._subscription.take()) is not None:
            if isinstance(item, Restart):
                yield await self._reset(item.position, item.reason)
            elif self._must_end():
                return
            else:
                self._position = item.position
                yield item.told
        # The newest exact position, at which those beside it close, too.
        self._position = self._feed.reached(self._subscription, self._position)

    def _hand_over(self, delivery: Delivery[R]) -> bool:
        """Give a change to a reader that waits for it, without waking its task."""
        if (
            self._give is None
            or self._viewer.has_expired(delivery.at)
            or not self._give(delivery.told)
        ):
            return False
        self._position = delivery.position
        return True

    async def _reset(self, position: Position, reason: str) -> Told[R]:
        self._feed.count_reset()
        self._position = position
        return await self._audience.tell(Reset(self._feed.cursor(position), reason))

    def _must_end(self) -> bool:
        if self._viewer.has_expired(self._feed.clock.now()):
            self._subscription.finish(_EXPIRED)
        return self._subscription.end is not None

    def _watch_expiry(self) -> None:
        """End a silent stream, too, when its viewer's token does."""
        expires_at = self._viewer.expires_at
        if expires_at is None or self._must_end():
            return
        left = expires_at - self._feed.clock.now()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(left.total_seconds(), self._watch_expiry)
