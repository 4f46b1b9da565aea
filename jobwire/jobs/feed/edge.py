"""The live edge: where readers who follow the same are told each change at once."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from jobwire.jobs.clock import Clock
from jobwire.jobs.feed.audience import Audience
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.messages import Changed
from jobwire.jobs.feed.subscription import (
    MAX_WAITING,
    MAX_WAITING_BYTES,
    Delivery,
    Restart,
    Subscription,
)

R = TypeVar("R")

#: Changes that are told together, when so many wait.
BATCH = 20
#: Changes that are put to readers before others of the process get a turn.
BREATH = 200


@dataclass(frozen=True, slots=True)
class _Pending:
    """A change that was not shown yet, and where its readers stand behind it."""

    change: Changed
    position: Position
    size: int


class Edge(Generic[R]):
    """The readers of one interest and one audience who have caught up.

    The follower offers events without waiting; a task shows each change once, puts it
    to every reader, in their order, and ends when nothing is left to tell.
    """

    def __init__(self, interest: Interest, audience: Audience[R], clock: Clock) -> None:
        """Begin without readers."""
        self.interest = interest
        self._audience = audience
        self._clock = clock
        # A dictionary, because it keeps the order and a set does not.
        self._readers: dict[Subscription[R], None] = {}
        #: Changes to tell and, between them, who joins behind which of them.
        self._waiting: deque[_Pending | Subscription[R]] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether everything that was offered has been put to the readers."""
        return self._task is None

    @property
    def is_empty(self) -> bool:
        """Whether nobody stands here, or is about to."""
        return next(self._everybody(), None) is None

    def join(self, reader: Subscription[R]) -> None:
        """Tell a reader what is offered from now on, and nothing of before."""
        if self.is_idle:
            self._readers[reader] = None
        else:
            self._waiting.append(reader)

    def leave(self, reader: Subscription[R]) -> None:
        """Forget a reader."""
        if reader in self._readers:
            del self._readers[reader]
        elif reader in self._waiting:
            self._waiting.remove(reader)
        if self.is_empty:
            self._stop()

    def offer(self, entry: Entry, position: Position, cursor: str) -> None:
        """Have an event told if it concerns the readers.

        If showing takes so long that too much waits, they go on from the log.
        """
        change = self.interest.change(entry, cursor)
        if change is None:
            return
        if len(self._waiting) >= MAX_WAITING or self._bytes >= MAX_WAITING_BYTES:
            self.cut_off()
            return
        self._bytes += entry.size
        self._waiting.append(_Pending(change, position, entry.size))
        if self._task is None:
            self._task = asyncio.create_task(self._tell_all(), name="edge")

    def cut_off(self) -> None:
        """Have all readers go on from the log; nobody stands here any more."""
        for reader in self._dissolved():
            reader.cut_off()

    def restart(self, restart: Restart) -> None:
        """Have all readers start over; nobody stands here any more."""
        for reader in self._dissolved():
            reader.restart(restart)

    async def _tell_all(self) -> None:
        try:
            while self._waiting:
                if isinstance(self._waiting[0], Subscription):
                    self._readers[self._waiting.popleft()] = None  # type: ignore[index]  # looked at above
                else:
                    await self._tell(await self._next_batch())
        except Exception as failure:  # noqa: BLE001 - each reader meets it
            for reader in self._dissolved():
                reader.fail(failure)
        self._task = None

    async def _next_batch(self) -> list[Delivery[R]]:
        """Show the changes that wait, up to where somebody joins."""
        batch: list[Delivery[R]] = []
        while self._waiting and len(batch) < BATCH:
            item = self._waiting[0]
            if isinstance(item, Subscription):
                break
            self._waiting.popleft()
            self._bytes -= item.size
            told = await self._audience.tell(item.change)
            # It may show the same several times, or what is not in the row.
            size = item.size + self._audience.size(told.shown)
            batch.append(Delivery(told, item.position, size, self._clock.now()))
        return batch

    async def _tell(self, batch: list[Delivery[R]]) -> None:
        """Put all of a batch to one reader after the other, so that it goes out as one.

        Whoever leaves and comes back meanwhile waits behind it.
        """
        told = 0
        for reader in tuple(self._readers):
            if reader in self._readers:
                for delivery in batch:
                    reader.put(delivery)
            told += len(batch)
            if told >= BREATH:
                told = 0
                await asyncio.sleep(0)

    def _everybody(self) -> Iterator[Subscription[R]]:
        yield from self._readers
        for item in self._waiting:
            if isinstance(item, Subscription):
                yield item

    def _dissolved(self) -> list[Subscription[R]]:
        everybody = list(self._everybody())
        self._readers.clear()
        self._stop()
        return everybody

    def _stop(self) -> None:
        self._waiting.clear()
        self._bytes = 0
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            self._task = None
