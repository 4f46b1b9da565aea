"""The migrated schema is the one that the models describe."""

import asyncpg
import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from jobwire.migrations import ForeignTablesError, migrate, pending
from jobwire.models import WorkerJob
from jobwire.models.database_url import DatabaseUrl
from tests.migrations.conftest import alembic


async def _definitions(url: DatabaseUrl, schema: str) -> list[tuple[str, ...]]:
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        records = await connection.fetch(
            """SELECT conrelid::regclass::text AS "table", conname,
                      pg_get_constraintdef(oid) AS definition
                 FROM pg_constraint
                WHERE connamespace = $1::text::regnamespace
                  AND conrelid::regclass::text NOT LIKE '%alembic%'
               UNION ALL
               SELECT tablename, indexname, indexdef FROM pg_indexes
                WHERE schemaname = $1::text AND tablename NOT LIKE '%alembic%'
               UNION ALL
               SELECT relname, relpersistence::text, reloptions::text FROM pg_class
                WHERE relnamespace = $1::text::regnamespace AND relkind = 'r'
                  AND relname NOT LIKE '%alembic%'
               UNION ALL
               SELECT proname, pg_get_function_arguments(oid), prosrc FROM pg_proc
                WHERE pronamespace = $1::text::regnamespace
               UNION ALL
               SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid)
                 FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
                WHERE relnamespace = $1::text::regnamespace AND NOT tgisinternal""",
            schema,
        )
        return sorted(
            tuple(str(value).replace(f"{schema}.", "") for value in record)
            for record in records
        )
    finally:
        await connection.close()


async def test_the_newest_version_needs_no_further_migration(
    empty_url: DatabaseUrl,
) -> None:
    await migrate(empty_url)

    await alembic(empty_url, command.check)


async def test_a_migrated_database_and_the_models_agree_on_all_that_they_define(
    empty_url: DatabaseUrl,
) -> None:
    await migrate(empty_url, schema="migrated")
    engine = create_async_engine(
        empty_url.sqlalchemy,
        poolclass=NullPool,
        connect_args={"server_settings": {"search_path": "described"}},
    )
    async with engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA described"))
        await connection.run_sync(WorkerJob.metadata.create_all)
    await engine.dispose()

    assert await _definitions(empty_url, "migrated") == await _definitions(
        empty_url, "described"
    )


async def test_the_schema_goes_down_and_up_again(empty_url: DatabaseUrl) -> None:
    await migrate(empty_url)
    before = await _definitions(empty_url, "public")

    await alembic(empty_url, command.downgrade, "base")
    assert await _definitions(empty_url, "public") == []

    await migrate(empty_url)
    assert await _definitions(empty_url, "public") == before


async def test_migrating_twice_applies_each_version_once(
    empty_url: DatabaseUrl,
) -> None:
    first = await migrate(empty_url, schema="jobs")
    second = await migrate(empty_url, schema="jobs")

    assert first
    assert second == ()
    assert await pending(empty_url, schema="jobs") == ()


async def test_a_worker_jobs_of_somebody_else_is_never_touched(
    empty_url: DatabaseUrl,
) -> None:
    connection = await asyncpg.connect(**empty_url.connect_arguments())
    await connection.execute("CREATE TABLE worker_jobs (id int)")

    with pytest.raises(ForeignTablesError, match="JOBWIRE_DB_SCHEMA"):
        await migrate(empty_url)

    columns = await connection.fetchval(
        "SELECT count(*) FROM pg_attribute"
        " WHERE attrelid = 'worker_jobs'::regclass AND attnum > 0"
    )
    await connection.close()
    assert columns == 1
