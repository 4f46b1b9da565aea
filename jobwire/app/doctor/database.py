"""Checks of the database: that it is there, ours, and as new as the code."""

import asyncio
import shutil

import asyncpg

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, ok, warning
from jobwire.app.doctor.no_connection import why_not
from jobwire.app.postgres import PostgresError, acquire
from jobwire.app.postgres.state import StateDirectory
from jobwire.migrations import VERSION_TABLE, NewerSchemaError, standing
from jobwire.models import WorkerJob
from jobwire.models.database import MINIMUM_VERSION, quote_identifier
from jobwire.models.database_url import parse

#: How long connecting may take, in seconds.
_CONNECTING = 5.0
#: An embedded server may have to recover from a crash first.
_STARTING = 60.0
#: Less is too little for a server that goes on writing, in bytes.
_LITTLE = 1 << 30
_HARDLY_ANY = 100 << 20

_TABLES = f"""
SELECT to_regclass($1 || '.worker_jobs') IS NOT NULL AS has_jobs,
       to_regclass($1 || '.{VERSION_TABLE}') IS NOT NULL AS is_ours"""
_RIGHTS = """
SELECT name, privilege FROM unnest($1::text[]) AS name
 CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
 WHERE to_regclass($2 || '.' || quote_ident(name)) IS NOT NULL
   AND NOT has_table_privilege($2 || '.' || quote_ident(name), privilege)"""
_MAY_ASK_WHERE_WE_ARE = (
    "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"
)


async def _database(examination: Examination) -> Finding:
    """Connect; the embedded one runs for as long as the examination, if it did not."""
    settings = examination.settings
    named = settings.parsed_database_url
    if named is not None:
        examination.url = named
    elif not StateDirectory(settings.data_dir.resolve()).data.exists():
        return failed(
            f"none in {settings.data_dir}, and DATABASE_URL is not set",
            "Run this where `jobwire dev` was started, name its folder by --data-dir,"
            " or set DATABASE_URL.",
        )
    else:
        try:
            cluster = await asyncio.to_thread(acquire, settings.data_dir)
        except PostgresError as error:
            return failed(str(error), f"Look at {settings.data_dir / 'log'}.")
        examination.stack.push_async_callback(asyncio.to_thread, cluster.release)
        examination.url = parse(cluster.url)
    try:
        async with asyncio.timeout(_CONNECTING), examination.connection() as connection:
            role = await connection.fetchval("SELECT current_user")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return why_not(error, examination.url)
    return ok(f"{examination.url.display}, as {role}")


async def _version(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        major = connection.get_server_version().major
        told = f"PostgreSQL {connection.get_settings().server_version}"
    if major < MINIMUM_VERSION:
        return failed(told, f"Upgrade it to PostgreSQL {MINIMUM_VERSION} or newer.")
    return ok(told)


async def _tables(examination: Examination) -> Finding:
    schema = examination.settings.db_schema
    async with examination.connection() as connection:
        found = await connection.fetchrow(_TABLES, quote_identifier(schema))
    if found["is_ours"]:
        return ok(f"those of Jobwire, in the schema {schema}")
    if found["has_jobs"]:
        return failed(
            f"the schema {schema} has a table worker_jobs that Jobwire did not make",
            "Set JOBWIRE_DB_SCHEMA to another schema, or rename that table.",
        )
    return failed(f"none in the schema {schema}", "Run `jobwire migrate`.")


async def _schema(examination: Examination) -> Finding:
    name = examination.settings.db_schema
    try:
        stand = await standing(examination.url, schema=name)
    except NewerSchemaError as error:
        return failed(
            f"version {error.found}, for code from {error.oldest} on; this one is of"
            f" {error.own}: it is ahead of the code",
            "Upgrade Jobwire here. A newer one has migrated the database.",
        )
    if stand.is_ahead:
        return warning(
            f"version {stand.found} is ahead of the code, which can use it",
            "Upgrade Jobwire here, too, before a version comes that it cannot use.",
        )
    if stand.missing:
        return failed(
            f"{len(stand.missing)} versions behind the code:"
            f" {', '.join(stand.missing)}",
            "Run `jobwire migrate`.",
        )
    return ok("as new as the code")


async def _rights(examination: Examination) -> Finding:
    schema = examination.settings.db_schema
    async with examination.connection() as connection:
        lacking = await connection.fetch(
            _RIGHTS, list(WorkerJob.metadata.tables), quote_identifier(schema)
        )
        knows_place = await connection.fetchval(_MAY_ASK_WHERE_WE_ARE)
        role = await connection.fetchval("SELECT quote_ident(current_user)")
    if lacking:
        lines = [f"no {one['privilege']} on {one['name']}" for one in lacking]
        return failed(
            "\n".join(lines),
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA"
            f" {quote_identifier(schema)} TO {role};",
        )
    if not knows_place:
        return failed(
            "pg_control_system() may not be asked, which tells a copy from an original",
            f"GRANT EXECUTE ON FUNCTION pg_control_system() TO {role};",
        )
    return ok("all that is needed")


async def _disk(examination: Examination) -> Finding:
    if examination.settings.database_url is not None:
        return ok("not ours to see: the database is not embedded")
    folder = examination.settings.data_dir.resolve()
    free = shutil.disk_usage(folder).free
    told = f"{free / 2**30:,.1f} GiB are free for {examination.settings.data_dir}"
    advice = "Free some, or move the folder and name it by JOBWIRE_DATA_DIR."
    if free < _HARDLY_ANY:
        return failed(told, advice)
    if free < _LITTLE:
        return warning(told, advice)
    return ok(told)


CHECKS = (
    Check("database", _database, needs=("settings",), seconds=_STARTING),
    Check("server version", _version, needs=("database",)),
    Check("tables", _tables, needs=("server version",)),
    Check("schema", _schema, needs=("tables",)),
    Check("rights", _rights, needs=("tables",)),
    Check("disk", _disk, needs=("database",)),
)
