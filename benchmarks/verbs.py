"""What verbs cost: batches of jobs, and queues with limits beside one without."""

import asyncio
import time
from datetime import timedelta
from statistics import median

from benchmarks.cluster import fresh_database
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import MAX_BATCH, schedule, schedule_all
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.set_queue import set_queue
from jobwire.jobs.viewer import trusted
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker

JOBS = 10_000
ROUNDS = 3
#: Connections that write batches at once.
WRITERS = 2
TARGET_PER_SECOND = 20_000
#: The share of the throughput that limits may cost.
TARGET_COST = 0.2
VIEWER = trusted("bench")
#: Limits that hold nobody up: what is measured is what they cost.
QUEUES = {
    "open": {},
    "limit": {"limit": 10_000},
    "limitPerKey": {"limit_per_key": 10_000},
}


def _requests(queue: str) -> list[ScheduleRequest]:
    return [
        ScheduleRequest(
            type="no-op", tag="bench", queue=queue, concurrency_key=f"key-{number % 50}"
        )
        for number in range(MAX_BATCH)
    ]


async def in_batches(database: Database, registry: Registry, queue: str) -> float:
    """Schedule the backlog in batches; return the jobs a second."""
    batch, clock = _requests(queue), SystemClock()

    async def write(batches: int) -> None:
        async with database.connection() as connection:
            for _ in range(batches):
                async with connection.transaction():
                    await schedule_all(
                        connection,
                        batch,
                        registry=registry,
                        viewer=VIEWER,
                        now=clock.now(),
                    )

    began = time.perf_counter()
    each = JOBS // MAX_BATCH // WRITERS
    await asyncio.gather(*(write(each) for _ in range(WRITERS)))
    return JOBS / (time.perf_counter() - began)


async def singly(database: Database, registry: Registry, count: int = 500) -> float:
    """Schedule some jobs one by one on one connection; return the jobs a second."""
    request, clock = ScheduleRequest(type="no-op", tag="bench"), SystemClock()
    began = time.perf_counter()
    async with database.connection() as connection:
        for _ in range(count):
            await schedule(
                connection, request, registry=registry, viewer=VIEWER, now=clock.now()
            )
    return count / (time.perf_counter() - began)


async def drain(database: Database, registry: Registry) -> float:
    """Let one worker run the backlog; return the jobs a second."""
    settings = WorkerSettings(drain_timeout=timedelta(seconds=1))
    began = time.perf_counter()
    async with (
        Worker(database.url, registry=registry, settings=settings),
        database.connection() as connection,
    ):
        while await connection.fetchval(
            "SELECT EXISTS (SELECT FROM worker_jobs WHERE finished IS NULL)"
        ):
            await asyncio.sleep(0.02)
        return JOBS / (time.perf_counter() - began)


async def measure(url: str) -> None:
    """Print each round and the medians; the queues take turns in each round."""
    place = parse(url)
    await migrate(place)
    registry = Registry(example_jobs())
    database = await Database.open(place, min_size=WRITERS, max_size=WRITERS + 2)
    async with database.transaction() as connection:
        for name, limits in QUEUES.items():
            if limits:
                now = SystemClock().now()
                await set_queue(connection, name, viewer=VIEWER, now=now, **limits)
    accepted: list[float] = []
    ran: dict[str, list[float]] = {name: [] for name in QUEUES}
    for number in range(1, ROUNDS + 1):
        for name in QUEUES:
            accepted.append(await in_batches(database, registry, name))
            ran[name].append(await drain(database, registry))
        told = ", ".join(f"{name} {each[-1]:,.0f}/s" for name, each in ran.items())
        print(f"round {number}: {told}")
    alone = await singly(database, registry)
    await database.close()
    batched = median(accepted)
    print(f"in batches of {MAX_BATCH:,}: {batched:,.0f}/s; singly: {alone:,.0f}/s")
    print(f"  target {TARGET_PER_SECOND:,}/s: {batched / TARGET_PER_SECOND:.2f} of it")
    for name in ("limit", "limitPerKey"):
        cost = 1 - median(ran[name]) / median(ran["open"])
        print(f"{name} costs {cost:.0%} of the throughput (at most {TARGET_COST:.0%})")


def main() -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
