"""Lending the connections of a pool, those in use again and again without its forms.

asyncpg's pool makes a task of each return, and looks at a connection from all sides.
That takes longer than many a statement. What comes back in order stays here for a
moment, for whoever is next.

A connection that is half open says nothing: the server or what lies between has gone,
and a statement on it waits for as long as the kernel hopes, with asyncpg a cancelled
one as well. So one on which nothing moves is given up.
"""

import asyncio
import logging
import time
from collections import deque
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    # Generic in the stubs only.
    Pool = asyncpg.Pool[asyncpg.Record]

#: How long a connection stays here that nobody takes, in seconds.
IDLE = 1.0

log = logging.getLogger(__name__)


class Lender:
    """The connections of one pool.

    Args:
        pool: The pool of `PooledConnection`s, open in the running loop.
        patience: How long a connection may be lent without being asked something new,
            more than any statement may take; None: for ever.
    """

    def __init__(self, pool: "Pool", *, patience: timedelta | None = None) -> None:
        self._pool = pool
        self._patience = None if patience is None else patience.total_seconds()
        #: Those that are lent, with what had been asked on them at the last look.
        self._lent: dict[Any, int] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        #: Those that wait here, with when they came; the one that came last is at the
        #: end, and is taken first.
        self._idle: deque[tuple[Any, float]] = deque()
        self._waiting = 0
        #: How long all who had to wait have waited together, in seconds.
        self.waited = 0.0
        self._sweeping: asyncio.TimerHandle | None = None
        self._releasing: set[asyncio.Task[None]] = set()
        self._has_ended = False

    @property
    def idle(self) -> int:
        """How many wait here."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """How many wait for a connection."""
        return self._waiting

    @property
    def busy(self) -> int:
        """How many connections are lent."""
        return self._pool.get_size() - self._pool.get_idle_size() - self.idle

    async def take(self) -> Any:
        """Take a connection, when there is one."""
        connection = await self._next()
        if self._patience is not None:
            self._lent[connection] = -1
            if self._looking is None:
                self._looking = self._loop.call_later(self._patience, self._look)
        return connection

    async def _next(self) -> Any:
        while self._idle:
            connection, _ = self._idle.pop()
            if is_open(connection):
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        began = time.perf_counter()
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1
            self.waited += time.perf_counter() - began

    async def give_back(self, connection: Any, *, in_order: bool) -> None:
        """Give a connection back.

        Args:
            connection: The connection.
            in_order: Nothing was broken off on it.
        """
        if not in_order and is_open(connection):
            connection.break_off()
        if not in_order or self._has_ended or self._waiting or not _is_fit(connection):
            # Whoever waits for the pool is woken by the pool, which waits for the end
            # of what was broken off.
            try:
                await self._pool.release(connection)
            finally:
                self._lent.pop(connection, None)
            return
        self._lent.pop(connection, None)
        self._idle.append((connection, self._loop.time()))
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(IDLE, self._sweep)

    async def end(self) -> None:
        """Give all that wait here back to the pool, and what still comes at once."""
        self._has_ended = True
        for timer in (self._sweeping, self._looking):
            if timer is not None:
                timer.cancel()
        self._sweeping = self._looking = None
        while self._idle:
            connection, _ = self._idle.popleft()
            await self._pool.release(connection)

    def _sweep(self) -> None:
        self._sweeping = None
        while self._idle and self._idle[0][1] + IDLE <= self._loop.time():
            connection, _ = self._idle.popleft()
            task = self._loop.create_task(self._pool.release(connection))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)
        if self._idle:
            self._sweeping = self._loop.call_later(IDLE, self._sweep)

    def _look(self) -> None:
        """Give up connections on which nothing has moved since the last look."""
        self._looking = None
        for connection, before in tuple(self._lent.items()):
            if not is_open(connection):
                continue
            asked = connection.asked
            if asked == before:
                log.warning("a connection to the database was half open: given up")
                connection.terminate()
            self._lent[connection] = asked
        if self._lent and self._patience is not None and not self._has_ended:
            self._looking = self._loop.call_later(self._patience, self._look)


class Lent:
    """A connection for the length of a block.

    Args:
        lender: Whose it is.
    """

    def __init__(self, lender: Lender) -> None:
        self._lender = lender
        self._connection: Any = None

    async def __aenter__(self) -> Any:
        self._connection = await self._lender.take()
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._lender.give_back(self._connection, in_order=error is None)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # What broke the block off is told: who was cancelled must not go on.
            if error is None:
                raise


def _is_fit(connection: Any) -> bool:
    return is_open(connection) and not connection.is_in_transaction()


def is_open(connection: Any) -> bool:
    """Whether a connection that was taken can still be used."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        # It was lost, and the pool has taken it back already.
        return False
