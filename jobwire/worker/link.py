"""The worker's link to its database: patience, and one log line per outage."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from jobwire.models.database import Connection, Database
from jobwire.worker.kept import KeptConnection

#: What says that the database is away.
_AWAY = (
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


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is away, not that a value is wrong."""
    # asyncpg tells of values that it cannot encode by a kind of InterfaceError.
    return isinstance(error, _AWAY) and not isinstance(error, ValueError)


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

    def keep(self) -> KeptConnection:
        """Make a connection for one loop to keep; it is opened when first used."""
        return KeptConnection(self._database)

    @asynccontextmanager
    async def connection(
        self, kept: KeptConnection | None = None
    ) -> AsyncIterator[Connection]:
        """Borrow a connection; each statement is its own transaction.

        Args:
            kept: The caller's own; None: any of the pool.

        Raises:
            OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError: The
                database is away, or refuses the statement.
        """
        try:
            async with (
                asyncio.timeout(self._patience),
                kept or self._database.connection() as connection,
            ):
                yield connection
        except _AWAY as error:
            if self._away_since is None and is_away(error):
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
