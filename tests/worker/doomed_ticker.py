"""A process that lets schedules tick, for tests to kill.

`python -m tests.worker.doomed_ticker URL`
"""

import asyncio
import sys

from jobwire.jobs.decorator import job
from jobwire.jobs.registry import Registry, collect
from jobwire.models.database_url import parse
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker


@job("beat")
async def beat() -> None:
    """Do nothing: the jobs are what is looked at."""


async def main() -> None:
    settings = WorkerSettings(concurrency=50)
    worker = Worker(
        parse(sys.argv[1]), registry=Registry(collect(beat)), settings=settings
    )
    async with worker:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
