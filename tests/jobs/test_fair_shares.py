"""Fair shares: half of the connections for one user, in the order of asking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from jobwire.jobs.fair_shares import FairShares
from jobwire.models.database import Database

PATIENCE = 10


@pytest.fixture
async def small(database: Database) -> AsyncIterator[Database]:
    """The same database by four connections."""
    small = await Database.open(database.url, max_size=4)
    yield small
    small.terminate()


async def test_one_user_holds_half_and_others_are_not_kept_waiting(
    small: Database,
) -> None:
    shares = FairShares(small)
    share, other = shares.of("ann"), shares.of("ben")
    served: list[int] = []

    async def ask(number: int) -> None:
        async with share.transaction():
            served.append(number)

    async with (
        asyncio.timeout(PATIENCE),
        asyncio.TaskGroup() as waiting,
        AsyncExitStack() as held,
    ):
        await held.enter_async_context(share.connection())
        await held.enter_async_context(share.transaction())
        for number in range(20):
            waiting.create_task(ask(number))
        for borrow in (other.connection, other.transaction):
            connection = await held.enter_async_context(borrow())
            assert await connection.fetchval("SELECT 1") == 1
        assert served == []

    assert sorted(served) == list(range(20))


async def test_what_one_operation_holds_another_of_the_user_may_not(
    small: Database,
) -> None:
    shares = FairShares(small)
    async with shares.of("ann").connection(), shares.of("ann").connection():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), shares.of("ann").connection():
                pass

    async with asyncio.timeout(PATIENCE), shares.of("ann").connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_of_a_single_connection_all_have_their_turn_in_the_order_of_asking(
    database: Database,
) -> None:
    single = await Database.open(database.url, max_size=1)
    share = FairShares(single).of("ann")
    served: list[int] = []

    async def ask(number: int) -> None:
        async with share.connection() as connection:
            served.append(number)
            await connection.fetchval("SELECT 1")

    try:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as asking:
            for number in range(20):
                asking.create_task(ask(number))
    finally:
        single.terminate()

    assert served == list(range(20))


@pytest.mark.parametrize("when", ["while they wait", "as their turn comes"])
async def test_whoever_gives_up_keeps_nobody_from_their_turn(
    small: Database, when: str
) -> None:
    shares = FairShares(small)
    share = shares.of("ann")

    async def ask() -> None:
        async with share.connection():
            pass

    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(share.connection())
        gives_up, stays = (asyncio.create_task(ask()) for _ in range(2))
        await asyncio.sleep(0)
        if when == "while they wait":
            gives_up.cancel()
    gives_up.cancel()

    async with asyncio.timeout(PATIENCE):
        await stays
    assert gives_up.cancelled()
    assert len(shares) == 0


async def test_users_who_have_left_are_forgotten(small: Database) -> None:
    shares = FairShares(small)
    for number in range(1_000):
        async with shares.of(f"user-{number}").connection():
            assert len(shares) == 1

    assert len(shares) == 0
