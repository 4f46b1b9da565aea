"""What keeping the counts costs the jobs, and what reading them costs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from benchmarks import throughput
from benchmarks.cluster import fresh_database
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.counts import CountsFilter, keep_counts, read_counts
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.registry import Registry
from jobwire.migrations import migrate
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import parse
from jobwire.worker.settings import WorkerSettings

PAIRS = 3
READS = 200
NEVER = timedelta(days=1)
#: Jobs that were there before anything was counted.
OLD = 200_000
USERS = 1_000

_CLOCK = SystemClock()
_FILL = """
WITH i AS (
  INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, result, success,
                           run_at, created_at, updated_at, started, finished)
  SELECT gen_random_uuid(), 'bench', 'type-' || n % 5, 'user-' || n % $2, 'internal',
         'SUCCEEDED', 'null', true, now(), now(), now(), now(), now()
    FROM generate_series(1, $1::int) n)
SELECT"""


async def drained(database: Database, registry: Registry, interval: timedelta) -> float:
    """Fill the queue and let one worker run it; return the jobs a second."""
    await throughput.fill(database, registry)
    return await throughput.drain(
        database,
        registry,
        WorkerSettings(drain_timeout=timedelta(seconds=1), counts_interval=interval),
    )


async def took(what: Callable[[], Awaitable[object]]) -> float:
    """Return how many milliseconds something takes."""
    began = time.perf_counter()
    await what()
    return (time.perf_counter() - began) * 1000


async def count_everything(connection: Connection) -> float:
    """Count all jobs anew; return the seconds of the longest of its steps."""
    longest = 0.0
    while True:
        began = time.perf_counter()
        step = await keep_counts(connection, now=_CLOCK.now())
        longest = max(longest, time.perf_counter() - began)
        if not step.is_recounting and not step.has_more:
            return longest


async def measure(url: str) -> None:
    """Print the ratio, and the milliseconds of reads."""
    place = parse(url)
    await migrate(place)
    registry = Registry(example_jobs())
    database = await Database.open(
        place, min_size=throughput.WRITERS, max_size=throughput.WRITERS + 2
    )
    ratios = []
    for number in range(1, PAIRS + 1):
        without = await drained(database, registry, NEVER)
        with_counts = await drained(database, registry, timedelta(seconds=1))
        ratios.append(with_counts / without)
        print(f"pair {number}: {without:,.0f}/s alone, {with_counts:,.0f}/s counted")
    print(f"jobs a second while they are counted: {median(ratios):.2f} of those alone")

    async with database.connection() as connection:
        await connection.execute(_FILL, OLD, USERS)
        await connection.execute("UPDATE job_counts_state SET database_oid = NULL")
        began = time.perf_counter()
        longest = await count_everything(connection)
        everything = time.perf_counter() - began
    print(
        f"{OLD:,} jobs counted anew in {everything:.1f} s, the longest step"
        f" {longest * 1000:,.0f} ms"
    )
    for name, filter in (
        ("all users", CountsFilter()),
        ("one user", CountsFilter(user_ids=("user-1",))),
    ):

        async def read(filter: CountsFilter = filter) -> object:
            return await read_counts(database, filter, clock=_CLOCK)

        spans = sorted([await took(read) for _ in range(READS)])
        print(f"read of {name}: p50 {spans[READS // 2]:.1f} ms")
    await database.close()


def main() -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
