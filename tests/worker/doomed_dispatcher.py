"""A process with a worker for TRIGGER jobs, for tests to kill.

`python -m tests.worker.doomed_dispatcher DATABASE_URL API_URL PATH…`
"""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from jobwire.emulator import DEFAULT_SECRET_KEY
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.database_url import parse
from jobwire.worker.worker import Worker
from tests.worker.trigger_dev import RULES, settings

#: It is killed while it waits for answers, so it must not give up before that.
PATIENT = replace(RULES, lease=timedelta(seconds=4), answer=timedelta(seconds=3.5))


async def main() -> None:
    """Work until somebody kills the process."""
    worker = Worker(
        parse(sys.argv[1]),
        registry=Registry(()),
        trigger=settings(
            sys.argv[2],
            DEFAULT_SECRET_KEY,
            rules=PATIENT,
            paths=frozenset(map(SyncPath, sys.argv[3:])),
        ),
    )
    async with worker:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
