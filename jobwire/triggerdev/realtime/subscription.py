"""A subscription: the feed, kept going through whatever happens to connections."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Self

from jobwire.triggerdev.errors import (
    ApiConnectionError,
    RateLimitedError,
    ServerError,
    TriggerDevError,
)
from jobwire.triggerdev.realtime.feed import Feed
from jobwire.triggerdev.realtime.rows import MustRefetchError
from jobwire.triggerdev.realtime.run import RealtimeRun, of_retrieved
from jobwire.triggerdev.runs import Run

#: After so much silence a single run is retrieved: the feed may have lost it.
CHECK_EVERY = timedelta(seconds=60)
#: After so long without any answer a subscription fails.
GIVE_UP_AFTER = timedelta(minutes=5)
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
#: Polls that come back at once, empty, must not be repeated at once.
_SHORTEST_POLL = timedelta(seconds=1)
_TRANSIENT = (ApiConnectionError, RateLimitedError, ServerError)


class RunSubscription:
    """The states of runs, each in its turn: an async iterator.

    It holds a connection only while the next state is waited for; breaking off a loop,
    cancelling it and `aclose` leave none behind. A lost connection, a 429 and a 5xx
    are met with another poll, after a wait that grows up to 30 s; after 5 minutes
    without any answer the last error is raised. What else the server refuses is raised
    at once: a run that does not exist is a `NotFoundError`.
    """

    def __init__(
        self, feed: Feed, *, retrieve: Callable[[], Awaitable[Run]] | None = None
    ) -> None:
        """Ask for nothing yet.

        Args:
            feed: What is followed.
            retrieve: Gets the run that is followed, if it is a single one.
        """
        self._feed = feed
        self._retrieve = retrieve
        self._ready: deque[RealtimeRun] = deque()
        self._last: RealtimeRun | None = None
        self._cursor = feed.cursor
        self._is_closed = False
        self._failures = 0
        self._restarts = 0
        self._answered_at: datetime | None = None
        self._checked_at: datetime | None = None
        self._random = Random()  # noqa: S311 - spreads waits, guards nothing

    def __aiter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def cursor(self) -> str | None:
        """Where another subscription to the same can go on; None: not yet anywhere.

        A small text to store. It lies behind the states that were all handed out, so
        that some may come twice after it, and none is left out.
        """
        return self._cursor

    @property
    def is_live(self) -> bool:
        """Whether everything that there was has been told: the next poll waits."""
        return self._feed.is_live

    @property
    def rows(self) -> int:
        """How many runs are kept in memory: those that have not ended."""
        return self._feed.rows

    async def __anext__(self) -> RealtimeRun:
        """Wait for the next state.

        Raises:
            StopAsyncIteration: The single run has ended, or `aclose` was called.
            TriggerDevError: The server refuses, or has not answered for 5 minutes.
        """
        ended = self._retrieve is not None and self._last and self._last.is_terminal
        if ended or self._is_closed:
            self._ready.clear()
            raise StopAsyncIteration
        while not self._ready:
            self._cursor = self._feed.cursor or self._cursor
            await self._poll()
        self._last = self._ready.popleft()
        if not self._ready:
            self._cursor = self._feed.cursor or self._cursor
        return self._last

    async def poll(self) -> Sequence[RealtimeRun] | None:
        """Ask once: for callers who have a rhythm, and patience, of their own.

        Nothing is tried again; while it is live, the server holds the poll for 20 s.
        When this returns, the cursor lies behind what it returned.

        Returns:
            The states that are new, in their order; None: the server has dropped the
            log, and the next poll reads it from its beginning.

        Raises:
            TriggerDevError: The server refuses, or does not answer.
        """
        try:
            states = await self._feed.poll()
        except MustRefetchError:
            return None
        self._cursor = self._feed.cursor or self._cursor
        return states

    async def aclose(self) -> None:
        """End it: the next state is none."""
        self._is_closed = True
        self._ready.clear()

    async def _poll(self) -> None:
        began = self._feed.sender.now()
        self._answered_at = self._answered_at or began
        self._checked_at = self._checked_at or began
        was_live = self._feed.is_live
        try:
            states = await self._feed.poll()
            self._ready.extend(states)
            self._failures = 0
            self._restarts = 0
            self._answered_at = self._feed.sender.now()
            if states:
                self._checked_at = self._answered_at
                return
            quiet = self._answered_at - self._checked_at
            if quiet >= CHECK_EVERY:
                await self._check()
        except MustRefetchError:
            self._restarts += 1
            if self._restarts > 1:
                await self._pause(self._restarts - 1)
            return
        except _TRANSIENT as error:
            await self._recover(error)
            return
        if was_live and self._feed.sender.now() - began < _SHORTEST_POLL:
            await self._feed.sender.sleep(_SHORTEST_POLL.total_seconds())

    async def _recover(self, error: TriggerDevError) -> None:
        """Wait after a poll that failed, and see whether the run has ended since."""
        now = self._feed.sender.now()
        if self._answered_at is not None and now - self._answered_at >= GIVE_UP_AFTER:
            raise error
        self._failures += 1
        reset_at = error.reset_at if isinstance(error, RateLimitedError) else None
        if reset_at is not None and now < reset_at < now + GIVE_UP_AFTER:
            await self._feed.sender.sleep((reset_at - now).total_seconds())
        else:
            await self._pause(self._failures)
        if isinstance(error, ApiConnectionError):
            try:
                await self._check()
            except _TRANSIENT:
                return

    async def _pause(self, count: int) -> None:
        longest = min(_FIRST_WAIT * 2 ** min(count - 1, 16), _LONGEST_WAIT)
        await self._feed.sender.sleep(longest * self._random.uniform(0.5, 1))

    async def _check(self) -> None:
        """Retrieve the single run: the end of a poll, or silence, is not its end."""
        if self._retrieve is None:
            return
        run = of_retrieved(await self._retrieve())
        self._checked_at = self._feed.sender.now()
        if run.is_terminal:
            self._ready.append(run)
        elif self._last and self._last.updated_at < run.updated_at:
            # The feed has gone stale, or is about to tell it.
            self._feed.begin_again()
