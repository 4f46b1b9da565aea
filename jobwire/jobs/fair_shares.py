"""Fair shares: no user holds all connections of a process at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from weakref import WeakValueDictionary

from jobwire.models.database import Connection, Database


class Share:
    """What one user may hold of a database, over all their operations.

    Whoever asks for more waits, and has their turn in the order of asking. Nobody may
    ask for a connection while they hold one: both could wait for each other.
    """

    def __init__(self, database: Database, turns: asyncio.Semaphore) -> None:
        self._database = database
        self._turns = turns

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection; each statement is its own transaction."""
        return _Borrowed(self._turns, self._database.connection())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Borrow a connection inside a transaction that ends with the block."""
        async with self._turns, self._database.transaction() as connection:
            yield connection


class _Borrowed:
    """A connection within a share; every read takes one, and a generator is dear."""

    def __init__(
        self,
        turns: asyncio.Semaphore,
        connection: AbstractAsyncContextManager[Connection],
    ) -> None:
        self._turns = turns
        self._connection = connection

    async def __aenter__(self) -> Connection:
        await self._turns.acquire()
        try:
            return await self._connection.__aenter__()
        except BaseException:
            self._turns.release()
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
            self._turns.release()


class FairShares:
    """Gives each user at most half of the connections, and at least one.

    So the pool is asked by few of each user at a time, however much one of them asks
    for, and nobody else waits behind all of it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._most = max(1, database.max_size // 2)
        #: As long as an operation of the user is under way.
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._turns)

    def of(self, user_id: str) -> Share:
        """Return the share of a user."""
        turns = self._turns.get(user_id)
        if turns is None:
            turns = self._turns[user_id] = asyncio.Semaphore(self._most)
        return Share(self._database, turns)
