"""Borrowing: connections for work that must not hold one while it waits elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from jobwire.models.database import Connection

#: Lends a connection; each statement is its own transaction.
Connections = Callable[[], AbstractAsyncContextManager[Connection]]


@asynccontextmanager
async def transaction(connections: Connections) -> AsyncIterator[Connection]:
    """Borrow a connection inside a transaction that ends with the block."""
    async with connections() as connection, connection.transaction():
        yield connection
