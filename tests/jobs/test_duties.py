"""Duties: one holder at a time, and a term that tells one from the next."""

import asyncio
from datetime import timedelta

from jobwire.jobs.duties import lay_down, take
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock

SPAN = timedelta(seconds=10)


async def _take(connection: Connection, clock: FakeClock, holder: str) -> int | None:
    return await take(connection, "sync", holder=holder, span=SPAN, now=clock.now())


async def test_who_comes_first_has_it(connection: Connection, clock: FakeClock) -> None:
    assert await _take(connection, clock, "a") == 1
    assert await _take(connection, clock, "b") is None


async def test_its_holder_goes_on_in_the_same_term(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")
    clock.advance(SPAN - timedelta(seconds=1))

    assert await _take(connection, clock, "a") == 1

    clock.advance(SPAN - timedelta(seconds=1))
    assert await _take(connection, clock, "b") is None


async def test_another_takes_over_in_the_next_term_once_it_has_passed(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")
    clock.advance(SPAN)

    assert await _take(connection, clock, "b") == 2
    assert await _take(connection, clock, "a") is None


async def test_who_was_away_and_finds_it_untouched_goes_on(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")
    clock.advance(SPAN * 5)

    assert await _take(connection, clock, "a") == 1


async def test_what_is_laid_down_can_be_taken_at_once(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")

    await lay_down(connection, "sync", holder="a", now=clock.now())

    assert await _take(connection, clock, "b") == 2


async def test_nobody_lays_down_what_another_holds(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")

    await lay_down(connection, "sync", holder="b", now=clock.now())

    assert await _take(connection, clock, "b") is None


async def test_duties_have_holders_of_their_own(
    connection: Connection, clock: FakeClock
) -> None:
    await _take(connection, clock, "a")

    taken = await take(connection, "reconcile", holder="b", span=SPAN, now=clock.now())

    assert taken == 1


async def test_of_many_at_once_one_has_it(database: Database, clock: FakeClock) -> None:
    async def try_it(holder: str) -> int | None:
        async with database.connection() as connection:
            return await _take(connection, clock, holder)

    terms = await asyncio.gather(*(try_it(f"p{one}") for one in range(8)))

    assert sorted(terms, key=str) == [1, *[None] * 7]
