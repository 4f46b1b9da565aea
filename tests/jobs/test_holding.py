"""Duties that are held for a piece of work, and laid down however it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.holding import DutyTakenError, holding
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock

SPAN = timedelta(hours=1)


class _Unanswered:
    """A connection over which the taking is done, and whoever asks hears no more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetchval(self, *statement: Any) -> None:
        await self._connection.fetchval(*statement)
        raise asyncio.CancelledError


async def test_a_duty_is_held_by_one_and_laid_down_at_the_end(
    database: Database, clock: FakeClock
) -> None:
    for _ in range(2):
        async with holding(
            database.connection, "one", holder="ann", span=SPAN, clock=clock
        ):
            with pytest.raises(DutyTakenError, match="ann"):
                async with holding(
                    database.connection, "one", holder="ben", span=SPAN, clock=clock
                ):
                    pass


async def test_one_whose_taking_was_broken_off_is_laid_down_too(
    database: Database, clock: FakeClock
) -> None:
    asked = 0

    @asynccontextmanager
    async def connections() -> AsyncIterator[Any]:
        nonlocal asked
        asked += 1
        async with database.connection() as connection:
            yield _Unanswered(connection) if asked == 1 else connection

    with pytest.raises(asyncio.CancelledError):
        async with holding(connections, "one", holder="ann", span=SPAN, clock=clock):
            pass

    async with holding(
        database.connection, "one", holder="ben", span=SPAN, clock=clock
    ) as term:
        assert term.holder == "ben"


async def test_whoever_is_broken_off_while_laying_it_down_has_laid_it_down(
    database: Database, clock: FakeClock
) -> None:
    laying_down, go_on = asyncio.Event(), asyncio.Event()
    asked = 0

    @asynccontextmanager
    async def connections() -> AsyncIterator[Connection]:
        nonlocal asked
        asked += 1
        if asked == 2:
            laying_down.set()
            await go_on.wait()
        async with database.connection() as connection:
            yield connection

    async def work() -> None:
        async with holding(connections, "one", holder="ann", span=SPAN, clock=clock):
            pass

    working = asyncio.create_task(work())
    await laying_down.wait()
    working.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await working

    async with holding(
        database.connection, "one", holder="ben", span=SPAN, clock=clock
    ) as term:
        assert term.holder == "ben"
