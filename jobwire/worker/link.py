"""The worker's link to its database: patience, and one log line per outage."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import asyncpg

from jobwire.models.database import Connection, Database

Item = TypeVar("Item")

#: What says that the database is away, not that a statement is wrong.
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)
#: What passes when the statement is simply tried again.
CONTENDED = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)

_log = logging.getLogger(__name__)


class Link:
    """Lends connections, and notices when the database goes away and comes back.

    Args:
        database: The worker's own pool.
        patience: How long one borrowing may take, the statement included; it ends
            statements whose server vanished without a word.
    """

    def __init__(self, database: Database, *, patience: timedelta) -> None:
        self._database = database
        self._patience = patience.total_seconds()
        self._away_since: float | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection; each statement is its own transaction.

        Raises:
            OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError: The
                database is away, or refuses the statement.
        """
        try:
            async with (
                asyncio.timeout(self._patience),
                self._database.connection() as connection,
            ):
                yield connection
        except UNREACHABLE as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                _log.warning(
                    "the database %s is away: %s: %s; waiting for it",
                    self._database.url.display,
                    type(error).__name__,
                    error,
                    extra={"action": "database-away"},
                )
            raise
        if self._away_since is not None:
            away = time.monotonic() - self._away_since
            self._away_since = None
            _log.info(
                "the database %s is back after %.1f s",
                self._database.url.display,
                away,
                extra={"action": "database-back"},
            )


async def in_parts(
    items: Sequence[Item],
    write: Callable[[Sequence[Item]], Awaitable[None]],
) -> list[tuple[Item, asyncpg.PostgresError]]:
    """Write a batch; when the database refuses it, find out which items it minds.

    One row that a stranger's transaction has locked, or one value that PostgreSQL
    refuses, must not hold up the others: a refused batch is halved until the refused
    items stand alone.

    Args:
        items: What to write.
        write: Writes a batch in one statement.

    Returns:
        The items that were refused, each with its error.
    """
    if not items:
        return []
    try:
        await write(items)
    except UNREACHABLE:
        raise
    except asyncpg.PostgresError as error:
        if len(items) == 1:
            return [(items[0], error)]
        middle = len(items) // 2
        return await in_parts(items[:middle], write) + await in_parts(
            items[middle:], write
        )
    return []
