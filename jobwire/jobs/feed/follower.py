"""The follower: reads the log once for all readers of a process."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import asyncpg

from jobwire.jobs.clock import Clock, SystemClock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed.cursor import CursorCodec, Position
from jobwire.jobs.feed.epoch import Epoch, current_epoch
from jobwire.jobs.feed.log import Interest, read_log
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.feed.subscription import Delivery, End, Restart, Subscription
from jobwire.jobs.queries import AsOf
from jobwire.models.database import Database

log = logging.getLogger(__name__)

#: How often the log is looked at when nobody rings, in seconds.
POLL_SECONDS = 1.0

_UNREACHABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_NEW_EPOCH = "The event log began anew, after a crash or a restore of the database."


class Feed:
    """The live log of one process: one follower, any number of readers.

    An async context manager on one event loop. It looks at the log when the doorbell
    rings and at least once a second, and it survives the loss of the database.
    """

    def __init__(
        self,
        database: Database,
        doorbell: Doorbell,
        *,
        clock: Clock | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.database = database
        self.clock = clock or SystemClock()
        #: How long the last event took from its record to its readers.
        self.lag = timedelta()
        #: How often readers were reset, since the start.
        self.resets = 0
        self._doorbell = doorbell
        self._poll_seconds = poll_seconds
        self._rung = asyncio.Event()
        # Held while a read is handed out, so that nobody joins in the middle of one.
        self._reading = asyncio.Lock()
        self._by_job: dict[UUID, set[Subscription]] = {}
        self._by_user: dict[str, set[Subscription]] = {}
        self._of_all: set[Subscription] = set()
        self._end: End | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] = lambda: None
        self._epoch: Epoch
        self._codec: CursorCodec
        self._base: Snapshot

    async def __aenter__(self) -> Self:
        self._stop_listening = self._doorbell.listen(self._hear)
        await self._begin()
        self._task = asyncio.create_task(self._run(), name="follower")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop_listening()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def subscribers(self) -> int:
        """How many readers there are."""
        return sum(1 for _ in self._subscriptions())

    async def as_of(self, as_of: AsOf) -> str:
        """Write the cursor of a read: whoever follows from it misses nothing.

        Raises:
            OSError, asyncpg.PostgresError: A new epoch is due, and the database is out
                of reach.
        """
        return self.cursor(await self.position_of(as_of))

    async def position_of(self, as_of: AsOf) -> Position:
        """Return the position of a read, starting a new epoch if one is due."""
        if not self._epoch.is_witnessed(as_of):
            async with self._reading:
                await self._renew()
        return Position(self._epoch.id, Snapshot.parse(as_of.snapshot))

    def cursor(self, position: Position) -> str:
        """Write a position as a cursor."""
        return self._codec.encode(position)

    def position(self, cursor: str) -> Position:
        """Read a cursor.

        Raises:
            InvalidCursorError: This server did not give it.
        """
        return self._codec.decode(cursor)

    def why_stale(self, position: Position) -> str | None:
        """Say why a position cannot be followed from; None: it can."""
        if position.epoch != self._epoch.id:
            return _NEW_EPOCH
        if position.base.xmin < self._epoch.floor:
            return "The cursor is older than the events that are kept."
        return None

    async def join(self, subscription: Subscription, given: Snapshot) -> Snapshot:
        """Register a reader at a snapshot that sees all that it was given.

        From the returned snapshot on it gets every event of its interest; what lies
        between is for it to read from the log.
        """
        while True:
            async with self._reading:
                if self._base.covers(given):
                    self._index(subscription).add(subscription)
                    if self._end is not None:
                        subscription.end(self._end)
                    return self._base
                await self._read()

    def leave(self, subscription: Subscription) -> None:
        """Forget a reader."""
        interest = subscription.interest
        readers = self._index(subscription)
        readers.discard(subscription)
        if not readers and interest.job_id is not None:
            del self._by_job[interest.job_id]
        elif not readers and interest.user_id is not None:
            del self._by_user[interest.user_id]

    def begin_closing(self, reason: str, reconnect_after: timedelta) -> None:
        """Ask every reader, and every one that comes later, to connect elsewhere."""
        self._end = End(reason, reconnect_after)
        for subscription in self._subscriptions():
            subscription.end(self._end)

    def _index(self, subscription: Subscription) -> set[Subscription]:
        interest: Interest = subscription.interest
        if interest.job_id is not None:
            return self._by_job.setdefault(interest.job_id, set())
        if interest.user_id is not None:
            return self._by_user.setdefault(interest.user_id, set())
        return self._of_all

    def _subscriptions(self) -> Iterator[Subscription]:
        for group in (*self._by_job.values(), *self._by_user.values(), self._of_all):
            yield from group

    def _hear(self, _: frozenset[Topic]) -> None:
        self._rung.set()

    async def _run(self) -> None:
        reachable = True
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), self._poll_seconds)
            self._rung.clear()
            try:
                async with self._reading:
                    await self._read()
            except _UNREACHABLE as error:
                if reachable:
                    log.warning("the feed lost the database: %s", error)
                reachable = False
                await asyncio.sleep(self._poll_seconds)
            else:
                if not reachable:
                    log.info("the feed reads the log again")
                reachable = True

    async def _begin(self) -> None:
        async with self.database.connection() as connection:
            self._epoch = await current_epoch(connection)
            self._codec = CursorCodec(self._epoch.cursor_key)
            self._base = Snapshot.parse(
                await connection.fetchval("SELECT pg_current_snapshot()::text")
            )

    async def _renew(self) -> None:
        """Start from now in the epoch that holds now, and tell every reader."""
        before = self._epoch
        await self._begin()
        if self._epoch.id == before.id:
            return
        log.warning("a new epoch of the event log began", extra={"action": "new-epoch"})
        restart = Restart(Position(self._epoch.id, self._base), _NEW_EPOCH)
        for subscription in self._subscriptions():
            self.resets += 1
            subscription.put(restart)

    async def _read(self) -> None:
        """Read all that is new, and hand it out page by page."""
        position = Position(self._epoch.id, self._base)
        while True:
            async with self.database.connection() as connection:
                page = await read_log(connection, position)
            if not self._epoch.is_witnessed(page.as_of):
                await self._renew()
                return
            for entry in page.entries:
                position = Position(self._epoch.id, self._base, page.target, entry.id)
                self._hand_out(Delivery(entry, position))
            if page.is_last:
                break
        self._base = page.target
        if page.entries:
            self._measure(page.entries[-1].event.recorded_at)

    def _hand_out(self, delivery: Delivery) -> None:
        event = delivery.entry.event
        for subscription in self._by_job.get(event.job_id, ()):
            if subscription.interest.user_id in (None, event.user_id):
                subscription.put(delivery)
        for subscription in self._by_user.get(event.user_id, ()):
            subscription.put(delivery)
        for subscription in self._of_all:
            subscription.put(delivery)

    def _measure(self, recorded_at: datetime) -> None:
        self.lag = max(self.clock.now() - recorded_at, timedelta())
