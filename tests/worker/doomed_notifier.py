"""A process whose worker notifies, for tests to kill.

`python -m tests.worker.doomed_notifier DATABASE_URL TARGET_URL`
"""

import asyncio
import sys
from datetime import timedelta

from jobwire.jobs.decorator import job
from jobwire.jobs.notify import Notify
from jobwire.jobs.registry import Registry, collect
from jobwire.models.database_url import DatabaseUrl, parse
from jobwire.worker.notification_settings import NotificationSettings
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker
from tests.receiver import SECRET


@job("greet")
async def greet() -> str:
    """Take a moment, so that some are always under way."""
    await asyncio.sleep(0.01)
    return "hello"


def worker(database: DatabaseUrl, target: str) -> Worker:
    """Make a worker that is quickly believed dead."""
    return Worker(
        database,
        registry=Registry(collect(greet)),
        settings=WorkerSettings(lease=timedelta(seconds=2), concurrency=5),
        notifications=NotificationSettings(
            everywhere=(Notify(target),),
            secrets=(SECRET,),
            lease=timedelta(seconds=2),
            timeout=timedelta(seconds=1.9),
            duty=timedelta(seconds=1),
            at_once=4,
        ),
    )


async def main() -> None:
    async with worker(parse(sys.argv[1]), sys.argv[2]):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
