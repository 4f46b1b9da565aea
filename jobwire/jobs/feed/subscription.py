"""Subscriptions: what waits for one reader at the live edge, in bounded memory."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from jobwire.jobs.feed.audience import Audience, Told
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.interest import Interest

R = TypeVar("R")

#: Changes that wait for one reader; a slower one goes on from the log.
MAX_WAITING = 1000
#: The same in bytes of data, result and changes.
MAX_WAITING_BYTES = 8 * 1024 * 1024
#: Bytes that wait for all readers of a feed; beyond them only little waits for each.
MAX_BACKLOG_BYTES = 64 * 1024 * 1024
#: What may wait for one reader however much waits for the others.
MAX_SHARE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Delivery(Generic[R]):
    """One change on its way to readers.

    Attributes:
        told: The change.
        position: Where a reader stands that was given it.
        size: About how much memory it takes, in bytes.
        at: When it is put to them.
    """

    told: Told[R]
    position: Position
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Restart:
    """What was given before is void; what follows starts at the position."""

    position: Position
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The reader is asked to finish, and to connect again."""

    reason: str
    reconnect_after: timedelta


@dataclass(slots=True)
class Backlog:
    """What waits for all readers of a feed, counted for each of them.

    Attributes:
        size: In bytes.
    """

    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether there is no room but for each one's share."""
        return self.size >= MAX_BACKLOG_BYTES


class Subscription(Generic[R]):
    """What waits for one reader; its edge puts, the reader takes.

    Attributes:
        interest: What the reader follows.
        audience: With whom it shares what it is shown.
        end: Why the reader is to finish; None: it is not.
    """

    def __init__(
        self,
        interest: Interest,
        audience: Audience[R],
        *,
        give: Callable[[Delivery[R]], bool] = lambda _: False,
        backlog: Backlog | None = None,
    ) -> None:
        """Prepare a subscription; it gets nothing before it has joined a feed.

        Args:
            interest: What the reader follows.
            audience: With whom it shares what it is shown.
            give: Hands a delivery to a reader that waits for one, without waking it;
                False: it must be woken to take it.
            backlog: What waits for all readers; None: for this one alone.
        """
        self.interest = interest
        self.audience = audience
        self.end: End | None = None
        self._give = give
        self._waiting: deque[Delivery[R] | Restart] = deque()
        self._bytes = 0
        self._backlog = backlog or Backlog()
        self._overflown = False
        self._failure: Exception | None = None
        self._stirred = asyncio.Event()
        self._is_parked = False

    @property
    def is_drained(self) -> bool:
        """Whether the reader took all that was put, and missed nothing."""
        return not self._waiting and not self._overflown

    def put(self, delivery: Delivery[R]) -> None:
        """Hand a delivery over, without waiting.

        A reader that is too slow gets nothing more until it has read the rest from the
        log by itself: nothing is lost, and memory is bounded.
        """
        if self._overflown:
            return
        if self._is_parked and not self._stirred.is_set() and self._give(delivery):
            return
        most = MAX_SHARE_BYTES if self._backlog.is_full else MAX_WAITING_BYTES
        if len(self._waiting) >= MAX_WAITING or self._bytes >= most:
            self._overflown = True
        else:
            self._count(delivery.size)
            self._waiting.append(delivery)
        self._stirred.set()

    def restart(self, restart: Restart) -> None:
        """Void what waits, and have the reader go on from the log behind a position."""
        self.clear()
        self._waiting.append(restart)
        self.cut_off()

    def finish(self, end: End) -> None:
        """Ask the reader to finish; the first reason stands."""
        self.end = self.end or end
        self._stirred.set()

    def fail(self, failure: Exception) -> None:
        """Have the reader meet an error instead of what comes next."""
        self._failure = failure
        self._stirred.set()

    def cut_off(self) -> None:
        """Have the reader go on from the log behind what waits."""
        self._overflown = True
        self._stirred.set()

    def clear(self) -> None:
        """Forget what waits, for a reader that has left or starts over from the log."""
        self._waiting.clear()
        self._count(-self._bytes)
        self._overflown = False

    async def take(self) -> Delivery[R] | Restart | None:
        """Wait for the next thing; None: to end, or too slow, so on from the log."""
        while self.end is None:
            if self._failure is not None:
                raise self._failure
            if self._waiting:
                item = self._waiting.popleft()
                if isinstance(item, Delivery):
                    self._count(-item.size)
                return item
            if self._overflown:
                return None
            self._stirred.clear()
            self._is_parked = True
            try:
                await self._stirred.wait()
            finally:
                self._is_parked = False
        return None

    def _count(self, size: int) -> None:
        self._bytes += size
        self._backlog.size += size
