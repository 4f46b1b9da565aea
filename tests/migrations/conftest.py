"""Databases of a test's own, at whatever version it wants."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, text

from jobwire import migrations
from jobwire.migrations import _run
from jobwire.models.database_url import DatabaseUrl
from tests.conftest import within


@pytest.fixture
async def empty_url(postgres_url: DatabaseUrl) -> AsyncIterator[DatabaseUrl]:
    """A database of the test's own, with nothing in it."""
    name = f"jobwire_empty_{id(object())}"
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield within(postgres_url, name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def alembic(
    url: DatabaseUrl, run: Callable[..., object], *args: str, schema: str = "public"
) -> None:
    """Run a command of alembic in one transaction, which waits like `migrate`."""

    def work(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
        config = migrations.configuration()
        config.attributes["connection"] = connection
        run(config, *args)

    await _run(url, schema, work)


async def move_to(url: DatabaseUrl, version: str, *, up: bool) -> None:
    """Bring a database to a version."""
    await alembic(url, command.upgrade if up else command.downgrade, version)
