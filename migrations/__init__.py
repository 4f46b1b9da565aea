"""The schema's versions, and the one way to bring a database to the newest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from jobwire.models.database import quote_identifier
from jobwire.models.database_url import DatabaseUrl

#: Our own name, so that a host's alembic and ours can share a schema.
VERSION_TABLE = "jobwire_alembic_version"

#: Any number, the same in every process: whoever holds it migrates.
_LOCK = 0x6A6F627769726500


class ForeignTablesError(Exception):
    """A table of our name stands there that we did not make."""

    def __init__(self, schema: str, where: str) -> None:
        super().__init__(
            f"The schema {schema!r} of {where} already has a table worker_jobs that"
            " Jobwire did not make, and it will not be touched. Set JOBWIRE_DB_SCHEMA"
            " to another schema (it is created if absent), or rename that table."
        )


class SchemaAheadError(Exception):
    """The database has a version of the schema that this code does not know.

    Attributes:
        version: That of the database.
        newest: The newest that this code knows.
    """

    def __init__(self, where: str, version: str, newest: str) -> None:
        self.version = version
        self.newest = newest
        super().__init__(
            f"The database {where} has version {version} of Jobwire's schema, and this"
            f" Jobwire knows only those up to {newest}: a newer one has migrated it."
            " Upgrade this one."
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


async def migrate(url: DatabaseUrl, *, schema: str = "public") -> tuple[str, ...]:
    """Bring a database to the newest version; several processes may ask at once.

    Creates the schema if it is absent. One transaction: all of it or nothing.

    Returns:
        The versions that were applied, oldest first; empty: it was up to date.

    Raises:
        ForeignTablesError: The schema holds a `worker_jobs` that is not ours.
        SchemaAheadError: A newer Jobwire has migrated it.
    """

    def upgrade(connection: Connection) -> tuple[str, ...]:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(
            text(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}")
        )
        missing = _missing(connection, url)
        if missing and _is_foreign(connection, schema):
            raise ForeignTablesError(schema, url.display)
        config = configuration()
        config.attributes["connection"] = connection
        if missing:
            command.upgrade(config, "head")
        return missing

    return await _run(url, schema, upgrade)


async def pending(url: DatabaseUrl, *, schema: str = "public") -> tuple[str, ...]:
    """Return the versions that a database lacks, oldest first; changes nothing.

    Raises:
        SchemaAheadError: A newer Jobwire has migrated it.
    """
    return await _run(url, schema, lambda connection: _missing(connection, url))


async def _run(
    url: DatabaseUrl, schema: str, work: Callable[[Connection], tuple[str, ...]]
) -> tuple[str, ...]:
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


def _missing(connection: Connection, url: DatabaseUrl) -> tuple[str, ...]:
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    )
    script = ScriptDirectory.from_config(configuration())
    have = context.get_current_revision()
    known = [revision.revision for revision in script.walk_revisions()]
    if have is not None and have not in known:
        raise SchemaAheadError(url.display, have, known[0])
    newer = script.iterate_revisions("head", have or "base")
    return tuple(reversed([revision.revision for revision in newer]))


def _is_foreign(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        text(
            """SELECT to_regclass(:schema || '.worker_jobs') IS NOT NULL
                  AND to_regclass(:schema || '.jobwire_alembic_version') IS NULL"""
        ),
        {"schema": quote_identifier(schema)},
    )
    return bool(found.scalar_one())
