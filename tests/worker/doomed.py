"""A process with a worker, for tests to kill: `python -m tests.worker.doomed URL`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.registry import Registry, collect
from jobwire.models.database_url import DatabaseUrl, parse
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker

LEASE = timedelta(seconds=2)
TICKS = 30
POISONED = 66
Pool = asyncpg.Pool


@job("tick")
async def tick(context: JobContext) -> int:
    """Leave a trace in a table of the test's own, again and again."""
    for _ in range(TICKS):
        await context.resources.execute(
            "INSERT INTO ticks (job, attempt, process, at)"
            " VALUES ($1, $2, $3, clock_timestamp())",
            context.job_id,
            context.attempt,
            os.getpid(),
        )
        await asyncio.sleep(0.02)
    return context.attempt


@job("poison")
async def poison() -> None:
    """Take the whole process along, as a crash in native code does."""
    os._exit(POISONED)


def worker(url: DatabaseUrl) -> Worker:
    """Make a worker whose jobs share one pool."""

    @asynccontextmanager
    async def pool() -> AsyncIterator["Pool[asyncpg.Record]"]:
        async with asyncpg.create_pool(
            **url.connect_arguments(), min_size=1, max_size=10
        ) as opened:
            yield opened

    return Worker(
        url,
        registry=Registry(collect(tick, poison)),
        settings=WorkerSettings(lease=LEASE, concurrency=50),
        lifespan=pool,
    )


async def main() -> None:
    async with worker(parse(sys.argv[1])):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
