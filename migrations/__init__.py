"""The schema's versions, and the one way to bring a database to the newest."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from jobwire.models.database import quote_identifier
from jobwire.models.database_url import DatabaseUrl

#: Our own name, so that a host's alembic and ours can share a schema.
VERSION_TABLE = "jobwire_alembic_version"

#: How long a version waits for a lock; whoever comes later waits behind it.
LOCK_TIMEOUT = timedelta(milliseconds=500)
#: How long a version that got no lock stays away before it tries again, in seconds.
PAUSE_SECONDS = (0.5, 2.0)
#: For how long a version is tried.
PATIENCE = timedelta(minutes=5)

#: Any number, the same in every process: whoever holds it migrates.
_LOCK = 0x6A6F627769726500
#: `lock_not_available` and `deadlock_detected` of PostgreSQL.
_NO_LOCK = frozenset({"55P03", "40P01"})
#: Of all versions.
_FIRST = "0001"
#: What a database says of which code may use it, in a comment on its version table.
_OLDEST = "Code from this version on may use the tables: "

_T = TypeVar("_T")


class NewerSchemaError(Exception):
    """The database was contracted by a newer version, and this code is too old.

    Attributes:
        found: The version that it is at.
        oldest: The oldest version whose code may use it.
        own: The version of this code.
    """

    def __init__(self, where: str, *, found: str, oldest: str, own: str) -> None:
        self.found, self.oldest, self.own = found, oldest, own
        super().__init__(
            f"The database {where} is at version {found} of Jobwire's schema, which"
            f" code from version {oldest} on can use; this code is of {own}. Install"
            " the Jobwire that migrated it, or a newer one."
        )


class LockedTablesError(Exception):
    """A version got no lock for as long as it was tried."""

    def __init__(self, where: str, version: str, patience: timedelta) -> None:
        super().__init__(
            f"Version {version} of Jobwire's schema got no lock on the tables of"
            f" {where} within {patience}; nothing of it was applied, and what came"
            " before it was. Somebody has a transaction open: SELECT pid, xact_start,"
            " query FROM pg_stat_activity ORDER BY xact_start. End it, then migrate"
            " again."
        )


class ForeignTablesError(Exception):
    """A table of our name stands there that we did not make."""

    def __init__(self, schema: str, where: str) -> None:
        super().__init__(
            f"The schema {schema!r} of {where} already has a table worker_jobs that"
            " Jobwire did not make, and it will not be touched. Set JOBWIRE_DB_SCHEMA"
            " to another schema (it is created if absent), or rename that table."
        )


def configuration() -> Config:
    """Return alembic's configuration; it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option(
        "file_template",
        "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s",
    )
    return config


@dataclass(frozen=True, slots=True)
class Standing:
    """How a database stands to this code.

    Attributes:
        found: The version that it is at; None: it has none of our tables.
        missing: The versions that it lacks, oldest first.
        is_ahead: Whether it is at a version that this code does not know.
    """

    found: str | None
    missing: tuple[str, ...]
    is_ahead: bool = False


async def migrate(
    url: DatabaseUrl, *, schema: str = "public", patience: timedelta = PATIENCE
) -> tuple[str, ...]:
    """Bring a database to the newest version; several processes may ask at once.

    Creates the schema if it is absent. An empty database gets all versions in one
    transaction; another one a transaction for each, so that no lock is held for longer
    than one of them takes. One that waits for a lock for longer than `LOCK_TIMEOUT`
    lets those pass that wait behind it, and tries again. A database that is ahead is
    left as it is.

    Args:
        url: Where the database is.
        schema: Where the tables are.
        patience: For how long each version is tried.

    Returns:
        The versions that were applied, oldest first; empty: it was up to date.

    Raises:
        ForeignTablesError: The schema holds a `worker_jobs` that is not ours.
        LockedTablesError: A version got no lock; those before it are applied.
        NewerSchemaError: The database is ahead, and may not be used by this code.
    """
    applied: list[str] = []
    while True:
        done = await _next(url, schema, patience)
        if not done:
            return tuple(applied)
        applied += done


async def pending(url: DatabaseUrl, *, schema: str = "public") -> tuple[str, ...]:
    """Return the versions that a database lacks, oldest first; changes nothing.

    Raises:
        NewerSchemaError: It is ahead, and may not be used by this code.
    """
    return (await standing(url, schema=schema)).missing


async def standing(url: DatabaseUrl, *, schema: str = "public") -> Standing:
    """Tell how a database stands to this code; changes nothing.

    Raises:
        NewerSchemaError: It is ahead, and may not be used by this code.
    """
    return await _run(url, schema, lambda connection: _standing(connection, url))


async def _next(url: DatabaseUrl, schema: str, patience: timedelta) -> tuple[str, ...]:
    """Apply what comes next, in one transaction; empty: nothing does."""
    version = ""

    def upgrade(connection: Connection) -> tuple[str, ...]:
        nonlocal version
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(
            text(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}")
        )
        stand = _standing(connection, url)
        if not stand.missing:
            return ()
        if _is_foreign(connection, schema):
            raise ForeignTablesError(schema, url.display)
        # Nobody uses tables that are not there.
        applied = stand.missing if stand.found is None else stand.missing[:1]
        version = applied[-1]
        milliseconds = LOCK_TIMEOUT // timedelta(milliseconds=1)
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        say_oldest(connection, _oldest_code(version))
        return applied

    loop = asyncio.get_running_loop()
    last = loop.time() + patience.total_seconds()
    while True:
        try:
            return await _run(url, schema, upgrade)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _NO_LOCK:
                raise
            if loop.time() > last:
                raise LockedTablesError(url.display, version, patience) from None
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 - no secret


async def _run(url: DatabaseUrl, schema: str, work: Callable[[Connection], _T]) -> _T:
    session = {"application_name": "jobwire migrate"}
    arguments: dict[str, Any] = {"server_settings": session}
    if url.is_pooled:
        # The server behind a pooler may know a statement of the usual names already.
        arguments["statement_cache_size"] = 0
        arguments["prepared_statement_name_func"] = lambda: f"jobwire_{uuid4().hex}"
    else:
        session["search_path"] = quote_identifier(schema)
    engine = create_async_engine(
        url.sqlalchemy, poolclass=NullPool, connect_args=arguments
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _standing(connection: Connection, url: DatabaseUrl) -> Standing:
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    )
    script = ScriptDirectory.from_config(configuration())
    found = context.get_current_revision()
    try:
        newer = [
            one.revision for one in script.iterate_revisions("head", found or "base")
        ]
    except ResolutionError:
        own, oldest = str(script.get_current_head()), _read_oldest(connection)
        if found is None or oldest > own:
            raise NewerSchemaError(
                url.display, found=str(found), oldest=oldest, own=own
            ) from None
        return Standing(found, (), is_ahead=True)
    return Standing(found, tuple(reversed(newer)))


def _oldest_code(version: str) -> str:
    """Return the oldest version whose code may use the tables of another one.

    A version that takes away what code has used says so by `oldest_code`.
    """
    script = ScriptDirectory.from_config(configuration())
    revisions = script.iterate_revisions(version, "base")
    return max(getattr(one.module, "oldest_code", _FIRST) for one in revisions)


def say_oldest(connection: Connection, version: str) -> None:
    """Write down which code may use the tables, for code that is older."""
    comment = f"{_OLDEST}{version}".replace("'", "''")
    connection.execute(text(f"COMMENT ON TABLE {VERSION_TABLE} IS '{comment}'"))


def _read_oldest(connection: Connection) -> str:
    found = connection.execute(
        text("SELECT obj_description(CAST(:table AS regclass), 'pg_class')"),
        {"table": VERSION_TABLE},
    )
    return str(found.scalar_one() or "").removeprefix(_OLDEST)


def _is_foreign(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        text(
            """SELECT to_regclass(:schema || '.worker_jobs') IS NOT NULL
                  AND to_regclass(:schema || '.jobwire_alembic_version') IS NULL"""
        ),
        {"schema": quote_identifier(schema)},
    )
    return bool(found.scalar_one())
