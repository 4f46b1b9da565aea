"""The follower: reads the log once for all readers of a process."""

import asyncio
import logging
from contextlib import nullcontext, suppress
from datetime import timedelta

import asyncpg

from jobwire.jobs.clock import Clock
from jobwire.jobs.feed.cursor import CursorCodec, Position
from jobwire.jobs.feed.edges import Edges
from jobwire.jobs.feed.epoch import Epoch, read_epoch
from jobwire.jobs.feed.log import (
    PLAN_SETTINGS,
    LogPage,
    Wanted,
    planned,
    read_log,
    read_state,
)
from jobwire.jobs.feed.subscription import Restart
from jobwire.jobs.wait_at_most import wait_at_most
from jobwire.models.database import Connection, Database

log = logging.getLogger(__name__)

#: How long to wait before a lost connection is opened again, in seconds: at first and
#: at most.
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 2.0
#: How long the server may take for one read, in seconds; then the connection is given
#: up as half open.
READ_TIMEOUT = 30.0

#: What a lost connection or a server that goes or comes looks like.
CONNECTION_LOST = (
    OSError,
    asyncpg.InterfaceError,
    # A statement that meets the server's goodbye.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)


class Follower:
    """Follows the log on a connection of its own and hands it out page by page.

    It looks when it is woken and once per poll interval, and survives the loss of the
    database. While nobody subscribes, it reads no events.

    Attributes:
        epoch: The epoch as last read.
        codec: Writes cursors under its key.
        position: What has been handed out.
        lag: How long the last event took from its record to its readers.
        resets: How often readers were told to start over, since the start.
        events: How many events were handed out to edges, since the start.
        offers: How many edges they were handed out to.
    """

    def __init__(
        self,
        database: Database,
        edges: Edges,
        *,
        clock: Clock,
        poll_interval: timedelta,
    ) -> None:
        """Prepare a follower; `start` connects it."""
        self.epoch: Epoch
        self.codec: CursorCodec
        self.position: Position
        self.lag = timedelta()
        self.resets = 0
        self.events = 0
        self.offers = 0
        self._database = database
        self._edges = edges
        self._clock = clock
        self._poll_seconds = poll_interval.total_seconds()
        self._woken = asyncio.Event()
        self._read_ended = asyncio.Event()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and follow from now on.

        Raises:
            OSError, asyncpg.PostgresError: The database cannot be reached.
        """
        self._connection = await self._connect()
        await self._begin(self._connection)
        self._task = asyncio.create_task(self._run(), name="follower")

    async def stop(self) -> None:
        """Stop following and disconnect."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._disconnect()
        self._read_ended.set()

    def wake(self) -> None:
        """Look at the log now."""
        self._woken.set()

    async def next_read(self) -> None:
        """Have the log read, and wait until that, or a read under way, has ended.

        While the database cannot be reached, it waits until it can, or until `stop`.
        """
        ended = self._read_ended
        self.wake()
        await ended.wait()

    async def _run(self) -> None:
        backoff = 0.0
        while True:
            await wait_at_most(self._woken, self._poll_seconds)
            self._woken.clear()
            try:
                if self._connection is None:
                    self._connection = await self._connect()
                await self._read(self._connection)
            except Exception as error:
                # Whatever it is: a follower that stops would leave every reader waiting
                # in silence.
                if not backoff:
                    expected = isinstance(error, CONNECTION_LOST)
                    log.warning(
                        "the feed lost the log: %r",
                        error,
                        exc_info=None if expected else error,
                        extra={"action": "feed-lost"},
                    )
                self._disconnect()
                backoff = min(max(2 * backoff, FIRST_BACKOFF), LONGEST_BACKOFF)
                await asyncio.sleep(backoff)
                self.wake()
            else:
                if backoff:
                    log.info(
                        "the feed follows the log again",
                        extra={"action": "feed-recovered"},
                    )
                backoff = 0.0
                self._read_ended.set()
                self._read_ended = asyncio.Event()

    async def _connect(self) -> Connection:
        return await self._database.connect(
            application_name="jobwire feed", settings=PLAN_SETTINGS
        )

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _begin(self, connection: Connection) -> None:
        """Start from now, in the epoch that holds now."""
        while True:
            epoch = await read_epoch(connection)
            state = await read_state(connection)
            if state.epoch == epoch.id:
                break
        self.epoch = epoch
        self.codec = CursorCodec(epoch.cursor_key)
        self.position = Position(epoch.id, state.snapshot)

    async def _read(self, connection: Connection) -> None:
        """Hand out all that is new."""
        while True:
            wanted = self._edges.wanted()
            async with asyncio.timeout(READ_TIMEOUT):
                page = await self._read_page(connection, wanted)
            stale = page.state.why_stale(self.position)
            if stale is not None:
                await self._start_over(connection, stale)
                return
            # Without an await: what a reader has got and the position never differ.
            if page.end != self.position and not wanted.everything:
                self._edges.cut_off_new()
            self._hand_out(page)
            self.position = page.end
            if page.is_last:
                return

    async def _read_page(self, connection: Connection, wanted: Wanted) -> LogPage:
        if wanted.anything:
            pooled = self._database.url.is_pooled
            async with planned(connection) if pooled else nullcontext():
                return await read_log(connection, self.position, wanted)
        state = await read_state(connection)
        return LogPage(state, [], Position(self.epoch.id, state.snapshot))

    async def _start_over(self, connection: Connection, reason: str) -> None:
        await self._begin(connection)
        log.warning(
            "the feed starts over: %s", reason, extra={"action": "feed-start-over"}
        )
        restart = Restart(self.position, reason)
        for edge in self._edges.all():
            edge.restart(restart)

    def _hand_out(self, page: LogPage) -> None:
        base, epoch = self.position.base, self.position.epoch
        target = page.end.reach
        for entry in page.entries:
            concerned = self._edges.concerned(entry)
            if not concerned:
                continue
            self.events += 1
            self.offers += len(concerned)
            position = Position(epoch, base, target, entry.id)
            cursor = self.codec.encode(position)
            for edge in concerned:
                edge.offer(entry, position, cursor)
        if page.entries:
            recorded_at = page.entries[-1].event.recorded_at
            self.lag = max(self._clock.now() - recorded_at, timedelta())
