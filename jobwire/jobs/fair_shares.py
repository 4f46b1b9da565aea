"""Fair shares: no user holds all connections of a process at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType

from jobwire.models.database import Connection, Database


class FairShares:
    """Gives each user at most half of the connections, and at least one.

    So the pool is asked by few of each user at a time, however much one of them asks
    for, and nobody else waits behind all of it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._most = max(1, database.max_size // 2)
        #: How many turns each user has who has any.
        self._taken: dict[str, int] = {}
        #: What waits for a turn of its user, in the order of asking.
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        return len(self._taken)

    def of(self, user_id: str) -> "Share":
        """Return the share of a user."""
        return Share(self, self._database, user_id)

    async def take(self, user_id: str) -> None:
        """Take a turn of a user; whoever takes one gives it back."""
        taken = self._taken.get(user_id, 0)
        if taken < self._most:
            self._taken[user_id] = taken + 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user_id, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.give_back(user_id)
            raise

    def give_back(self, user_id: str) -> None:
        """Give a turn to whoever of the user waits for one longest, or to nobody."""
        waiting = self._waiting.get(user_id)
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._waiting.pop(user_id, None)
        self._taken[user_id] -= 1
        if not self._taken[user_id]:
            del self._taken[user_id]


class Share:
    """What one user may hold of a database, over all their operations.

    Whoever asks for more waits, and has their turn in the order of asking. Nobody may
    ask for a connection while they hold one: both could wait for each other.
    """

    def __init__(self, shares: FairShares, database: Database, user_id: str) -> None:
        self._shares = shares
        self._database = database
        self._user_id = user_id

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection; each statement is its own transaction."""
        return _Borrowed(self._shares, self._user_id, self._database.connection())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Borrow a connection inside a transaction that ends with the block."""
        async with self.connection() as connection, connection.transaction():
            yield connection


class _Borrowed:
    """A connection within a share; every read takes one, and a generator is dear."""

    def __init__(
        self,
        shares: FairShares,
        user_id: str,
        connection: AbstractAsyncContextManager[Connection],
    ) -> None:
        self._shares = shares
        self._user_id = user_id
        self._connection = connection

    async def __aenter__(self) -> Connection:
        await self._shares.take(self._user_id)
        try:
            return await self._connection.__aenter__()
        except BaseException:
            self._shares.give_back(self._user_id)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        try:
            return await self._connection.__aexit__(kind, error, traceback)
        finally:
            self._shares.give_back(self._user_id)
