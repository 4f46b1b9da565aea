"""How many no-op jobs one worker runs a second, from a backlog."""

import asyncio
import time
from datetime import timedelta

from benchmarks.cluster import fresh_database
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import trusted
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker

JOBS = 20_000
WRITERS = 16
ROUNDS = 3
TARGET_PER_SECOND = 5000
SETTINGS = WorkerSettings(drain_timeout=timedelta(seconds=1))


async def fill(database: Database, registry: Registry) -> float:
    """Schedule the backlog one by one; return the jobs a second."""
    clock, viewer = SystemClock(), trusted("bench")
    request = ScheduleRequest(type="no-op", tag="bench")

    async def write(count: int) -> None:
        async with database.connection() as connection:
            for _ in range(count):
                await schedule(
                    connection,
                    request,
                    registry=registry,
                    viewer=viewer,
                    now=clock.now(),
                )

    began = time.perf_counter()
    await asyncio.gather(*(write(JOBS // WRITERS) for _ in range(WRITERS)))
    return JOBS / (time.perf_counter() - began)


async def drain(
    database: Database, registry: Registry, settings: WorkerSettings = SETTINGS
) -> float:
    """Let one worker run the backlog; return the jobs a second."""
    worker = Worker(database.url, registry=registry, settings=settings)
    began = time.perf_counter()
    async with worker, database.connection() as connection:
        while await connection.fetchval(
            "SELECT EXISTS (SELECT FROM worker_jobs WHERE finished IS NULL)"
        ):
            await asyncio.sleep(0.02)
        return JOBS / (time.perf_counter() - began)


async def measure(url: str) -> None:
    """Print each round and the medians."""
    place = parse(url)
    await migrate(place)
    registry = Registry(example_jobs())
    database = await Database.open(place, min_size=WRITERS, max_size=WRITERS + 2)
    rounds = []
    for number in range(1, ROUNDS + 1):
        accepted = await fill(database, registry)
        ran = await drain(database, registry)
        rounds.append(ran)
        print(f"round {number}: accepted {accepted:,.0f}/s singly, ran {ran:,.0f}/s")
    await database.close()
    median = sorted(rounds)[ROUNDS // 2]
    print(f"no-op jobs of one worker: {median:,.0f}/s (median of {ROUNDS})")
    print(f"  target {TARGET_PER_SECOND:,}/s: {median / TARGET_PER_SECOND:.2f} of it")


def main() -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
