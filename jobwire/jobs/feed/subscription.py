"""Subscriptions: what the follower hands to one reader, in bounded memory."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.log import Wanted
from jobwire.jobs.feed.messages import Changed
from jobwire.jobs.job import Event

#: Changes that wait for one reader; a slower one goes on from the log.
MAX_WAITING = 1000
#: The same in bytes of data, result and changes.
MAX_WAITING_BYTES = 8 * 1024 * 1024
#: More readers than this, and the follower reads the whole log: to name them all in
#: each read would cost more than it saves.
MAX_NAMED = 200

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change on its way to a reader, and where the reader then stands."""

    change: Changed
    position: Position
    size: int


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


class Subscription:
    """What waits for one reader; the follower puts, the reader takes."""

    def __init__(self, interest: Interest) -> None:
        """Prepare a subscription; it gets nothing before it has joined a feed."""
        self.interest = interest
        self.end: End | None = None
        self._waiting: deque[Delivery | Restart] = deque()
        self._bytes = 0
        self._overflown = False
        self._stirred = asyncio.Event()

    def offer(self, entry: Entry, position: Position, cursor: str) -> None:
        """Hand an event over, without waiting, if it concerns the reader.

        A reader that is too slow gets nothing more until it has read the rest from the
        log by itself: nothing is lost, and memory is bounded.
        """
        if self._overflown:
            return
        change = self.interest.change(entry, cursor)
        if change is None:
            return
        if len(self._waiting) >= MAX_WAITING or self._bytes >= MAX_WAITING_BYTES:
            self._overflown = True
        else:
            self._bytes += entry.size
            self._waiting.append(Delivery(change, position, entry.size))
        self._stirred.set()

    def restart(self, restart: Restart) -> None:
        """Void what waits."""
        self.clear()
        self._waiting.append(restart)
        self._stirred.set()

    def finish(self, end: End) -> None:
        """Ask the reader to finish; the first reason stands."""
        self.end = self.end or end
        self._stirred.set()

    def cut_off(self) -> None:
        """Have the reader go on from the log: something of its own was not read."""
        self._overflown = True
        self._stirred.set()

    def clear(self) -> None:
        """Forget what waits, for a reader that starts over from the log."""
        self._waiting.clear()
        self._bytes = 0
        self._overflown = False

    async def take(self) -> Delivery | Restart | None:
        """Wait for the next thing; None: to end, or too slow, so on from the log."""
        while self.end is None:
            if self._waiting:
                item = self._waiting.popleft()
                if isinstance(item, Delivery):
                    self._bytes -= item.size
                return item
            if self._overflown:
                return None
            self._stirred.clear()
            await self._stirred.wait()
        return None


class Subscribers:
    """The subscriptions of one feed, found by what they follow."""

    def __init__(self) -> None:
        """Begin with none."""
        self._all: set[Subscription] = set()
        #: Those that joined after it was last asked what is wanted.
        self._new: set[Subscription] = set()
        self._by_job: dict[UUID, set[Subscription]] = {}
        self._by_user: dict[str, set[Subscription]] = {}
        self._of_everybody: set[Subscription] = set()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Subscription]:
        return iter(tuple(self._all))

    def add(self, subscription: Subscription) -> None:
        """Include one from now on."""
        interest = subscription.interest
        self._all.add(subscription)
        self._new.add(subscription)
        if interest.job_id is not None:
            self._by_job.setdefault(interest.job_id, set()).add(subscription)
        elif interest.user_id is not None:
            self._by_user.setdefault(interest.user_id, set()).add(subscription)
        else:
            self._of_everybody.add(subscription)

    def discard(self, subscription: Subscription) -> None:
        """Forget one, if it was included."""
        interest = subscription.interest
        self._all.discard(subscription)
        self._new.discard(subscription)
        self._of_everybody.discard(subscription)
        if interest.job_id is not None:
            _discard(self._by_job, interest.job_id, subscription)
        elif interest.user_id is not None:
            _discard(self._by_user, interest.user_id, subscription)

    def concerned(self, event: Event) -> list[Subscription]:
        """Return those that an event may concern."""
        return [
            *self._by_job.get(event.job_id, ()),
            *self._by_user.get(event.user_id, ()),
            *self._of_everybody,
        ]

    def wanted(self) -> Wanted:
        """Return whose events they want, for a read that begins now."""
        self._new.clear()
        if self._of_everybody or len(self._by_job) + len(self._by_user) > MAX_NAMED:
            return Wanted(everything=True)
        return Wanted(
            everything=False,
            job_ids=tuple(self._by_job),
            user_ids=tuple(self._by_user),
        )

    def cut_off_new(self) -> None:
        """Cut off those that joined during a read.

        They stand where it began, and it did not look for what they want.
        """
        for subscription in self._new:
            subscription.cut_off()


def _discard(
    index: dict[K, set[Subscription]], key: K, subscription: Subscription
) -> None:
    group = index.get(key)
    if group is not None:
        group.discard(subscription)
        if not group:
            del index[key]
