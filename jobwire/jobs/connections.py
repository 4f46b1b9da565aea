"""The caller's own connection, whichever kind it is, as one that runs our SQL.

Use cases run inside the caller's transaction: its commit makes job and event real,
its rollback leaves neither.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from jobwire.models import WorkerJob
from jobwire.models.database import quote_identifier

#: Our tables, wherever a statement names them.
_TABLES = re.compile(
    r"\b(?:FROM|INTO|JOIN|UPDATE)\s+("
    + "|".join(sorted(WorkerJob.metadata.tables))
    + r")\b"
)


class SqlConnection(Protocol):
    """What a use case needs of a connection."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Mapping[str, Any]]:
        """Run one statement with `$1`-style parameters and return its rows."""
        ...


class UnsupportedConnectionError(TypeError):
    """Something was passed that is no connection."""

    def __init__(self, found: object) -> None:
        super().__init__(
            "Expected a Jobwire, an AsyncSession, an AsyncConnection or an asyncpg"
            f" connection, not {type(found).__module__}.{type(found).__qualname__}."
        )


class _Sqlalchemy:
    """A SQLAlchemy session or connection; it begins its transaction as always."""

    def __init__(self, where: AsyncSession | AsyncConnection) -> None:
        self._where = where

    async def fetch(self, query: str, *args: Any) -> Sequence[Mapping[str, Any]]:
        where = self._where
        connection = (
            await where.connection() if isinstance(where, AsyncSession) else where
        )
        result = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]


class _InSchema:
    """A connection whose search path may not name our schema."""

    def __init__(self, connection: SqlConnection, schema: str) -> None:
        self._connection = connection
        self._schema = quote_identifier(schema)

    async def fetch(self, query: str, *args: Any) -> Sequence[Mapping[str, Any]]:
        qualified = _TABLES.sub(
            lambda found: found.group(0).replace(
                found.group(1), f"{self._schema}.{found.group(1)}"
            ),
            query,
        )
        return await self._connection.fetch(qualified, *args)


def sql_connection(where: object, *, schema: str | None = None) -> SqlConnection:
    """Return the caller's connection as one that runs our SQL.

    Args:
        where: An AsyncSession or AsyncConnection of SQLAlchemy or SQLModel, or an
            asyncpg connection.
        schema: Where our tables live; None: where the connection's search path finds
            them.

    Raises:
        UnsupportedConnectionError: It is none of these.
    """
    connection: SqlConnection
    if isinstance(where, AsyncSession | AsyncConnection):
        connection = _Sqlalchemy(where)
    elif isinstance(where, asyncpg.Connection | asyncpg.pool.PoolConnectionProxy):
        connection = where
    else:
        raise UnsupportedConnectionError(where)
    return connection if schema is None else _InSchema(connection, schema)
