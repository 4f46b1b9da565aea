"""One pool of connections to one database and schema."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, Self

import asyncpg

from jobwire.models.database_url import DatabaseUrl, parse
from jobwire.models.lending import Lender, Lent

#: The oldest PostgreSQL whose SQL we speak.
MINIMUM_VERSION = 14

#: An asyncpg connection, from a pool or not.
Connection = Any

#: Hears of a statement that has ended and how many seconds it took, at once.
StatementListener = Callable[[str, float], None]


class Connections(Protocol):
    """Something that lends connections to one database."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection; each statement is its own transaction."""
        ...


class UnsupportedServerError(Exception):
    """The server is too old."""

    def __init__(self, found: str, where: str) -> None:
        super().__init__(
            f"Jobwire needs PostgreSQL {MINIMUM_VERSION} or newer, but {where} is"
            f" {found}. Upgrade it, or point DATABASE_URL at another server."
        )


class PooledSchemaError(Exception):
    """A schema of one's own behind a pooler, where no session keeps its search path."""

    def __init__(self, schema: str, where: str) -> None:
        super().__init__(
            f"The schema {schema!r} cannot be used through a pooler in transaction mode"
            f" ({where}, pgbouncer=true): leave JOBWIRE_DB_SCHEMA at public, or connect"
            " to PostgreSQL itself."
        )


if TYPE_CHECKING:
    # Generic in the stubs only.
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection


class PooledConnection(_Connection):
    """A connection that is handed back as it is.

    Nothing in Jobwire sets session state on a pooled connection, so the usual RESET
    on every release would cost a round trip for nothing.
    """

    _is_broken_off = False

    @property
    def asked(self) -> int:
        """How much has been asked on it."""
        count: int = self._protocol.queries_count  # type: ignore[attr-defined]  # not in the stubs
        return count

    def break_off(self) -> None:
        """Note that what was done on it was broken off, perhaps within a statement."""
        self._is_broken_off = True

    def get_reset_query(self) -> str:
        """Return the statement that comes before it is handed back; mostly none.

        asyncpg prepares a statement without a Sync, which only comes when it is
        executed. Broken off between the two, the connection looks idle, and to
        PostgreSQL it goes on with the statement: whoever was next would meet its
        timeout, or the time at which it began. Any other statement ends it.
        """
        if not self._is_broken_off:
            return ""
        self._is_broken_off = False
        return "SELECT"


def _heard_by(listener: StatementListener) -> type[PooledConnection]:
    """Return the class of connections that tell of each prepared statement."""

    class HeardConnection(PooledConnection):
        # All ways to run one lead here. asyncpg's own query loggers cost ten times as
        # much, for each statement.
        async def _execute(self, query: str, *arguments: Any, **options: Any) -> Any:
            began = monotonic()
            try:
                return await super()._execute(query, *arguments, **options)  # type: ignore[misc]  # not in the stubs
            finally:
                listener(query, monotonic() - began)

    return HeardConnection


class Database:
    """One pool of connections to one database and schema."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        url: DatabaseUrl,
        schema: str,
        session: Mapping[str, str],
        patience: timedelta | None = None,
    ) -> None:
        self._pool = pool
        self._lender = Lender(pool, patience=patience)
        self._session = session
        self.url = url
        self.schema = schema

    @classmethod
    async def open(
        cls,
        url: str | DatabaseUrl,
        *,
        schema: str = "public",
        min_size: int = 0,
        max_size: int = 10,
        application_name: str = "jobwire",
        statement_timeout: timedelta | None = None,
        patience: timedelta | None = None,
        settings: Mapping[str, str] | None = None,
        on_statement: StatementListener | None = None,
    ) -> Self:
        """Connect.

        Args:
            url: Where the database is.
            schema: Where our tables live; it becomes the search path.
            min_size: Connections kept open.
            max_size: Connections open at most.
            application_name: What `pg_stat_activity` shows.
            statement_timeout: How long a statement may take; None: the server's own.
            patience: How long a connection of the pool may be lent without being asked
                something new, more than any statement may take; None: for ever.
            settings: Further settings of each session.
            on_statement: Told of each statement of the pool, when it has ended.

        Through a pooler in transaction mode sessions have no settings of their own.

        Raises:
            PooledSchemaError: Another schema than public is wanted through a pooler.
            UnsupportedServerError: The server is older than PostgreSQL 14.
            OSError, asyncpg.PostgresError: It cannot be reached or refuses us.
        """
        place = parse(url) if isinstance(url, str) else url
        session = {"application_name": application_name}
        if place.is_pooled:
            if schema != "public":
                raise PooledSchemaError(schema, place.display)
        else:
            session |= {
                "search_path": quote_identifier(schema),
                "timezone": "UTC",
                # Our statements are short; compiling them would take longer.
                "jit": "off",
                **dict(place.options),
                **(settings or {}),
            }
            if statement_timeout is not None:
                milliseconds = statement_timeout // timedelta(milliseconds=1)
                session["statement_timeout"] = str(milliseconds)

        pool = await asyncpg.create_pool(
            **place.connect_arguments(),
            min_size=min_size,
            max_size=max_size,
            server_settings=session,
            connection_class=(
                PooledConnection if on_statement is None else _heard_by(on_statement)
            ),
        )
        database = cls(pool, place, schema, session, patience)
        try:
            async with database.connection() as connection:
                version = connection.get_server_version()
        except BaseException:
            pool.terminate()
            raise
        if version.major < MINIMUM_VERSION:
            await pool.close()
            raise UnsupportedServerError(
                f"PostgreSQL {version.major}.{version.minor}", place.display
            )
        return database

    @property
    def max_size(self) -> int:
        """How many connections it may have."""
        return self._pool.get_max_size()

    @property
    def lender(self) -> Lender:
        """Its connections: how many are lent, and who waits for one."""
        return self._lender

    async def close(self) -> None:
        """Close every connection, waiting for those in use."""
        await self._lender.end()
        await self._pool.close()

    def terminate(self) -> None:
        """Close every connection at once."""
        self._pool.terminate()

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection; each statement is its own transaction."""
        return Lent(self._lender)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Borrow a connection inside a transaction that ends with the block."""
        async with Lent(self._lender) as connection, connection.transaction():
            yield connection

    async def connect(
        self,
        *,
        application_name: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Connection:
        """Open a connection outside the pool; the caller closes it.

        Args:
            application_name: What `pg_stat_activity` shows; None: as in the pool.
            settings: Further settings of the session, which it has unless a pooler
                stands between.
        """
        session = dict(self._session)
        if settings and not self.url.is_pooled:
            session |= settings
        if application_name is not None:
            session["application_name"] = application_name
        return await asyncpg.connect(
            **self.url.connect_arguments(), server_settings=session
        )


def quote_identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'
