"""Kept connections: the same one each time, until something is wrong with it."""

import asyncio

import asyncpg
import pytest

from jobwire.models.database import Database
from jobwire.worker.kept import KeptConnection
from tests.worker.conftest import PATIENCE


async def test_a_kept_connection_is_the_same_each_time(database: Database) -> None:
    kept = KeptConnection(database)
    pids = set()

    for _ in range(3):
        async with kept as connection, database.connection() as other:
            pids.add(connection.get_server_pid())
            assert other.get_server_pid() not in pids

    assert len(pids) == 1
    await kept.give_back()
    assert database.lender.busy == 0


async def test_a_kept_connection_on_which_something_failed_is_given_back(
    database: Database,
) -> None:
    kept = KeptConnection(database)

    with pytest.raises(asyncpg.DivisionByZeroError):
        async with kept as connection:
            await connection.execute("SELECT 1 / 0")

    assert database.lender.busy == 0
    async with kept as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await kept.give_back()


async def test_a_kept_connection_that_was_lost_is_replaced(database: Database) -> None:
    kept, lost = KeptConnection(database), asyncio.Event()
    async with kept as connection:
        pid = connection.get_server_pid()
        connection.add_termination_listener(lambda _: lost.set())
    async with database.connection() as other:
        await other.execute("SELECT pg_terminate_backend($1)", pid)

    async with asyncio.timeout(PATIENCE):
        await lost.wait()
    async with kept as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") != pid
    await kept.give_back()


async def test_who_has_none_gives_nothing_back(database: Database) -> None:
    await KeptConnection(database).give_back()

    assert database.lender.busy == 0
