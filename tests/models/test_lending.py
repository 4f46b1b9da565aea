"""Connections that are lent again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from jobwire.models import lending
from jobwire.models.database import Database, PooledConnection
from jobwire.models.database_url import DatabaseUrl
from jobwire.models.lending import Lender, Lent
from tests.gql.client import PATIENCE
from tests.worker.proxy import Proxy

PID = "SELECT pg_backend_pid()"


@pytest.fixture
async def pool(database: Database) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(
        **database.url.connect_arguments(),
        min_size=0,
        max_size=2,
        connection_class=PooledConnection,
    ) as pool:
        yield pool


@pytest.fixture
async def lender(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> AsyncIterator[Lender]:
    lender = Lender(pool)
    yield lender
    await lender.end()


async def pid(lender: Lender) -> int:
    async with Lent(lender) as connection:
        return await connection.fetchval(PID)


async def test_what_came_back_last_is_lent_next(lender: Lender) -> None:
    assert await pid(lender) == await pid(lender)
    assert lender.idle == 1


async def test_one_on_which_something_failed_is_looked_after_by_the_pool(
    lender: Lender,
) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with Lent(lender) as connection:
            await connection.execute("SELECT 1 / 0")

    assert lender.idle == 0
    assert await pid(lender)


async def test_one_on_which_a_statement_was_broken_off_is_lent_without_it(
    lender: Lender,
) -> None:
    with suppress(asyncio.CancelledError):
        async with Lent(lender) as connection:
            prepared = await connection.fetchval(PID)
            await connection.fetchval("SET statement_timeout = 300")
            await connection.prepare("SELECT 'broken off'")
            raise asyncio.CancelledError

    async with Lent(lender) as connection, Lent(lender) as other:
        # It would run into its timeout meanwhile.
        await other.execute("SELECT pg_sleep(0.5)")
        assert await connection.fetchval(PID) == prepared


async def test_one_that_is_left_in_a_transaction_is_not_lent(lender: Lender) -> None:
    async with Lent(lender) as connection:
        await connection.execute("BEGIN")

    assert lender.idle == 0


async def test_one_that_has_ended_is_not_lent(lender: Lender) -> None:
    async with Lent(lender) as connection:
        ended = await connection.fetchval(PID)
        await connection.close()

    assert await pid(lender) != ended


async def test_one_that_ends_while_it_waits_is_not_lent(
    lender: Lender, database: Database
) -> None:
    ended = await pid(lender)
    other = await database.connect()
    await other.execute("SELECT pg_terminate_backend($1, 10000)", ended)
    await other.close()

    # Whether the loss is noticed before the next statement is up to the network.
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await pid(lender)
    assert await pid(lender) != ended


async def test_whoever_waits_gets_what_comes_back(lender: Lender) -> None:
    held = [await lender.take() for _ in range(2)]
    waiting = [asyncio.create_task(pid(lender)) for _ in range(4)]
    await asyncio.sleep(0)

    for connection in held:
        await lender.give_back(connection, in_order=True)

    async with asyncio.timeout(PATIENCE):
        assert len(set(await asyncio.gather(*waiting))) <= 2


async def test_one_that_nobody_takes_goes_back_to_the_pool(
    lender: Lender,
    pool: "asyncpg.Pool[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lending, "IDLE", 0.0)

    await pid(lender)

    async with asyncio.timeout(PATIENCE):
        while lender.idle or not pool.get_idle_size():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0)


async def test_what_comes_back_after_the_end_goes_to_the_pool(lender: Lender) -> None:
    async with Lent(lender):
        await lender.end()

    assert lender.idle == 0


async def test_one_on_which_nothing_moves_is_given_up(
    pool: "asyncpg.Pool[asyncpg.Record]", caplog: pytest.LogCaptureFixture
) -> None:
    """As when the server has gone without a word; here it only takes long."""
    lender = Lender(pool, patience=timedelta(milliseconds=300))
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            async with Lent(lender) as connection:
                await connection.execute("SELECT pg_sleep(60)")

        assert lender.busy == 0
        assert await pid(lender)
    await lender.end()
    assert "half open" in caplog.text


async def test_one_that_is_asked_again_and_again_is_not_given_up(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> None:
    lender = Lender(pool, patience=timedelta(milliseconds=300))
    async with Lent(lender) as connection:
        for _ in range(10):
            await connection.execute("SELECT pg_sleep(0.1)")
    await lender.end()


async def test_who_is_cancelled_is_so_though_the_connection_is_lost_as_well(
    database_url: DatabaseUrl,
) -> None:
    proxy = Proxy(database_url)
    await proxy.mend()

    async def ask(lender: Lender) -> None:
        async with Lent(lender) as connection:
            await connection.fetchval(PID)
            # asyncpg has not heard of it when the connection is given back.
            await proxy.cut()
            raise asyncio.CancelledError

    async with asyncpg.create_pool(
        **proxy.url.connect_arguments(),
        min_size=0,
        max_size=1,
        connection_class=PooledConnection,
    ) as pool:
        with pytest.raises(asyncio.CancelledError):
            await ask(Lender(pool))
