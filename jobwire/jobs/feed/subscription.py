"""Subscriptions: what the follower hands to one reader, in bounded memory."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.log import Entry, Interest

#: Events that wait for one reader; a slower one goes on from the log.
MAX_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to a reader, and the position behind it."""

    entry: Entry
    position: Position


@dataclass(frozen=True, slots=True)
class Restart:
    """A new epoch began; nothing of before can be trusted."""

    position: Position
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The process drains."""

    reason: str
    reconnect_after: timedelta


class Subscription:
    """What waits for one reader; the follower puts, one reader takes."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        self.lagging = False
        self._waiting: deque[Delivery | Restart] = deque()
        self._end: End | None = None
        self._filled = asyncio.Event()

    def put(self, item: Delivery | Restart) -> None:
        """Hand something over without waiting.

        A reader that is too slow is marked as lagging and gets nothing more until it
        has caught up from the log by itself; so nothing is lost, and memory is bounded.
        """
        if isinstance(item, Restart):
            self._waiting.clear()
            self.lagging = False
        elif self.lagging:
            return
        elif len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            self.lagging = True
            self._filled.set()
            return
        self._waiting.append(item)
        self._filled.set()

    def end(self, end: End) -> None:
        """Ask the reader to finish."""
        self._end = end
        self._filled.set()

    async def take(self) -> Delivery | Restart | End | None:
        """Wait for the next thing; None: the reader lags and must use the log."""
        while True:
            if self._end is not None:
                return self._end
            if self.lagging:
                return None
            if self._waiting:
                return self._waiting.popleft()
            self._filled.clear()
            await self._filled.wait()

    def caught_up(self) -> None:
        """Take live events again, after the reader used the log."""
        self.lagging = False
        self._waiting.clear()
