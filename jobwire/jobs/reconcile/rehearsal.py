"""Rehearsal: a pass whose writing is taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobwire.jobs.borrowing import Connections
from jobwire.models.database import Connection


def rehearsed(connections: Connections) -> Connections:
    """Lend the same connections, and take back whatever was written on them."""

    @asynccontextmanager
    async def lend() -> AsyncIterator[Connection]:
        async with connections() as connection:
            everything = connection.transaction()
            await everything.start()
            try:
                yield connection
            finally:
                await everything.rollback()

    return lend
