"""The feed: one follower and its readers, and the cursors that they stand at."""

from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from jobwire.jobs.clock import Clock, SystemClock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.edges import Edges
from jobwire.jobs.feed.follower import Follower
from jobwire.jobs.feed.read_ahead import ReadAhead
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.feed.subscription import Backlog, End, Subscription
from jobwire.jobs.queries import AsOf
from jobwire.models.database import Database

R = TypeVar("R")

#: How often the log is looked at when nobody rings.
POLL_INTERVAL = timedelta(seconds=1)

_HEARD = frozenset({Topic.CHANGE, Topic.WORK})
_STOPPED = End("The server has stopped.", timedelta(seconds=1))

#: Of a read that found no witness. No epoch has this id, so whoever follows from such
#: a read is reset.
_NO_EPOCH = UUID(int=0)


class Feed:
    """The live log of one process: one follower, any number of readers.

    An async context manager on one event loop. It attaches to the doorbell before it
    first reads, looks at the log when the doorbell rings and at least once per poll
    interval, and survives the loss of the database.
    """

    def __init__(
        self,
        database: Database,
        doorbell: Doorbell,
        *,
        clock: Clock | None = None,
        poll_interval: timedelta = POLL_INTERVAL,
    ) -> None:
        """Prepare a feed.

        Args:
            database: The primary; a standby's snapshots cannot be followed.
            doorbell: What wakes it; it may be disabled.
            clock: What time it is for the expiry of viewers; None: the machine's.
            poll_interval: How often the log is looked at when nobody rings.
        """
        self.database = database
        self.clock = clock or SystemClock()
        #: What waits for all readers.
        self.backlog = Backlog()
        #: What readers that have not caught up have read.
        self.read_ahead = ReadAhead()
        self._doorbell = doorbell
        self._edges = Edges(self.clock)
        self._follower = Follower(
            database, self._edges, clock=self.clock, poll_interval=poll_interval
        )
        #: The doorbell rang while nobody subscribed.
        self._was_rung = False
        self._end: End | None = None
        self._on_closing: list[Callable[[], object]] = []
        self._stop_listening: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        self._stop_listening = self._doorbell.listen(self._hear)
        try:
            await self._follower.start()
        except BaseException:
            self._stop_listening()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop_listening()
        self._finish(_STOPPED)
        await self._follower.stop()

    @property
    def lag(self) -> timedelta:
        """How long the last event took from its record to its readers."""
        return self._follower.lag

    @property
    def subscribers(self) -> int:
        """How many readers there are."""
        return len(self._edges)

    @property
    def edges(self) -> int:
        """How many groups of readers there are who are shown the same."""
        return len(self._edges.all())

    @property
    def events(self) -> int:
        """How many events were handed out to groups of readers, since the start."""
        return self._follower.events

    @property
    def offers(self) -> int:
        """How many groups these events were handed out to."""
        return self._follower.offers

    @property
    def resets(self) -> int:
        """How often a reader was told to start over, since the start."""
        return self._follower.resets

    @property
    def epoch(self) -> UUID:
        """The epoch that is followed."""
        return self._follower.epoch.id

    async def as_of(self, as_of: AsOf) -> str:
        """Write the cursor of a read: whoever follows from it misses nothing.

        A read that found no witness of the epoch has the follower begin a new one. Its
        own cursor will be answered with a reset, for nothing says what happened between
        the two.
        """
        return self.cursor(self.position_of(as_of))

    def position_of(self, as_of: AsOf) -> Position:
        """Return where a read stands in the log."""
        epoch = self._follower.epoch
        witnessed = (
            as_of.system_identifier == epoch.system_identifier
            and as_of.database_oid == epoch.database_oid
        )
        found = as_of.epoch if witnessed and as_of.epoch is not None else _NO_EPOCH
        if found != epoch.id:
            self._follower.wake()
        return Position(found, Snapshot.parse(as_of.snapshot))

    def cursor(self, position: Position) -> str:
        """Write a position as a cursor."""
        return self._follower.codec.encode(position)

    def position(self, cursor: str) -> Position:
        """Read a cursor.

        Raises:
            InvalidCursorError: This server did not give it.
        """
        return self._follower.codec.decode(cursor)

    async def next_read(self) -> None:
        """Have the log read now; with the database out of reach, wait for it."""
        if self._end is None:
            await self._follower.next_read()

    async def join(self, subscription: Subscription[R], given: Position) -> Position:
        """Register a reader where the follower stands, once that is not behind it.

        From the returned position on the reader gets every event of its interest; what
        lies between is for it to read from the log. If the epoch differs from that of
        what it was given, nothing of before can be trusted.
        """
        while self._end is None:
            # No await between this look and the registration.
            live = self._follower.position
            if live.target is None and (
                live.epoch != given.epoch or live.base.covers(given.reach)
            ):
                break
            await self._follower.next_read()
        self._edges.join(subscription)
        if self._was_rung:
            self._was_rung = False
            self._follower.wake()
        if self._end is not None:
            subscription.finish(self._end)
        return self._follower.position

    def leave(self, subscription: Subscription[R]) -> None:
        """Forget a reader, and what waits for it."""
        self._edges.leave(subscription)
        subscription.clear()

    def reached(self, subscription: Subscription[R], position: Position) -> Position:
        """Return where a reader stands: with the follower, if nothing is left for it.

        Args:
            subscription: A reader that has joined.
            position: Where it stands if something is.
        """
        is_level = self._edges.is_level(subscription)
        return self._follower.position if is_level else position

    def count_reset(self) -> None:
        """Note that a reader is told to start over."""
        self._follower.resets += 1

    def begin_closing(self, reason: str, reconnect_after: timedelta) -> None:
        """Ask every reader, and every one that comes later, to connect elsewhere."""
        self._finish(End(reason, reconnect_after))

    def when_closing(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call something when readers are asked to connect elsewhere.

        Returns:
            A function that ends that. A feed that is closing already calls at once.
        """
        self._on_closing.append(callback)
        if self._end is not None:
            callback()
        return lambda: self._on_closing.remove(callback)

    def _finish(self, end: End) -> None:
        self._end = self._end or end
        for callback in tuple(self._on_closing):
            callback()
        for subscription in self._edges:
            subscription.finish(self._end)

    def _hear(self, topics: frozenset[Topic]) -> None:
        if not topics & _HEARD:
            return
        if len(self._edges):
            self._follower.wake()
        else:
            # Nobody waits for it; the next one to join does.
            self._was_rung = True
