"""The caller's transaction, or one of our own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import asyncpg

from jobwire.app.jobwire import Jobwire
from jobwire.jobs.connections import SqlConnection, sql_connection
from jobwire.jobs.doorbell import Topic


@asynccontextmanager
async def own_transaction(
    where: object, schema: str | None, topic: Topic
) -> AsyncIterator[tuple[SqlConnection, datetime]]:
    """Run in the caller's transaction, or in one of our own that rings behind it."""
    if isinstance(where, Jobwire):
        engine = where.engine
        async with engine.database.transaction() as own:
            yield own, engine.clock.now()
        engine.doorbell.ring(topic, Topic.CHANGE)
        return
    connection = sql_connection(where, schema=schema)
    async with AsyncExitStack() as stack:
        if isinstance(where, asyncpg.Connection) and not where.is_in_transaction():
            await stack.enter_async_context(where.transaction())
        # Workers compare due times with this clock, not with that of this machine.
        [record] = await connection.fetch("SELECT clock_timestamp() AS now")
        yield connection, record["now"]
