"""Holding: a duty kept for as long as a piece of work takes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg

from jobwire.jobs import duties
from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.duties import Term

log = logging.getLogger(__name__)

_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class DutyTakenError(Exception):
    """Somebody else holds a duty.

    Attributes:
        holder: Who; None: it was laid down just now.
    """

    def __init__(self, name: str, holder: str | None) -> None:
        self.holder = holder
        super().__init__(f"{holder or 'Another process'} holds the duty {name!r}.")


@asynccontextmanager
async def holding(
    connections: Connections,
    name: str,
    *,
    holder: str,
    span: timedelta,
    clock: Clock,
) -> AsyncIterator[Term]:
    """Take a duty, renew it while the block runs, and lay it down.

    What the block writes is fenced by the term that it is given, for the duty can be
    lost all the same: to a process that believes this one dead.

    Args:
        connections: Lends connections.
        name: The duty.
        holder: Who takes it, unlike any other.
        span: How long the holder is believed without a sign of life.
        clock: What time it is.

    Raises:
        DutyTakenError: Somebody else holds it.
    """

    async def take() -> int | None:
        async with connections() as connection:
            return await duties.take(
                connection, name, holder=holder, span=span, now=clock.now()
            )

    async def release() -> None:
        with suppress(*_AWAY):
            async with connections() as connection:
                await duties.lay_down(connection, name, holder=holder, now=clock.now())

    async def lay_down() -> None:
        laying_down = asyncio.create_task(release())
        try:
            await asyncio.shield(laying_down)
        except asyncio.CancelledError:
            # Broken off half way, nobody could take the duty for a whole span.
            await asyncio.wait({laying_down})
            raise

    try:
        number = await take()
    except BaseException:
        # It may be taken all the same, where only the answer was lost or not awaited.
        await lay_down()
        raise
    if number is None:
        async with connections() as connection:
            found = await duties.read_holder(connection, name, now=clock.now())
        raise DutyTakenError(name, found)

    async def renew() -> None:
        while True:
            await asyncio.sleep(span.total_seconds() / 3)
            # A database that is away keeps the block from writing as well.
            with suppress(*_AWAY):
                if await take() != number:
                    log.warning("the duty %r was lost", name)
                    return

    renewing = asyncio.create_task(renew())
    try:
        yield Term(name, holder, number)
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        await lay_down()
