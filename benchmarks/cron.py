"""How late ticks are, with 10,000 schedules: spread over a while, and all at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from benchmarks.cluster import fresh_database
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import trusted
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker

SCHEDULES = 10_000
#: They share 480 pairs of an expression and one of these.
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
SPREAD = timedelta(seconds=20)
STEPS = 100
AHEAD = timedelta(seconds=4)
#: What the lateness has to stay under.
TARGET = 1.0

_CLOCK = SystemClock()
_COPY = """
INSERT INTO job_schedules (id, key, tag, type, user_id, executor, cron, timezone,
                           created_at, updated_at, next_tick_at)
SELECT gen_random_uuid(), 'key-' || n, tag, type, 'user-' || n % 100, executor,
       n % 60 || ' ' || n % 24 || ' * * *', ($2::text[])[n % $3 + 1],
       created_at, updated_at, next_tick_at
  FROM job_schedules CROSS JOIN generate_series(2, $1::int) AS n"""


class Ears(WorkerHooks):
    """Hears how late each tick was."""

    def __init__(self) -> None:
        self.spans: list[float] = []
        self.done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def ticked(self, ticked: Ticked, now: datetime) -> None:
        """Keep the spans of one transaction."""
        self.spans += [(now - tick).total_seconds() for tick in ticked.made]
        if len(self.spans) >= SCHEDULES:
            self._loop.call_soon_threadsafe(self.done.set)


async def make_schedules(database: Database, registry: Registry) -> None:
    """Make one as a caller does, and the others like it."""
    request = CronRequest(type="no-op", tag="bench", cron="* * * * *")
    async with database.transaction() as connection:
        await schedule_cron(
            connection,
            request,
            registry=registry,
            viewer=trusted("user-1"),
            now=_CLOCK.now(),
        )
        await connection.execute(_COPY, SCHEDULES, list(ZONES), len(ZONES))


async def lateness(
    database: Database, registry: Registry, spread: timedelta, workers: int
) -> Sequence[float]:
    """Have all schedules come due within a while; return how late each tick was."""
    await database_empty(database)
    ears = Ears()
    running = [
        Worker(
            database.url,
            registry=registry,
            hooks=ears,
            settings=WorkerSettings(drain_timeout=timedelta(seconds=1)),
        )
        for _ in range(workers)
    ]
    for worker in running:
        await worker.start()
    due = _CLOCK.now() + AHEAD
    steps = [spread * number / STEPS for number in range(STEPS)]
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE job_schedules s
                  SET next_tick_at = $1::timestamptz + d.step, is_waiting = false
                 FROM (SELECT id, ($2::interval[])[row_number() OVER () % $3 + 1]
                         AS step FROM job_schedules) AS d WHERE d.id = s.id""",
            due,
            steps,
            STEPS,
        )
    async with asyncio.timeout(120):
        await ears.done.wait()
    for worker in running:
        await worker.drain()
    return sorted(ears.spans)


async def database_empty(database: Database) -> None:
    """Take away the jobs of before."""
    async with database.connection() as connection:
        await connection.execute("TRUNCATE worker_jobs CASCADE")
        await connection.execute("VACUUM ANALYZE job_schedules")


async def measure(url: str) -> None:
    """Print how late ticks are."""
    place = parse(url)
    await migrate(place)
    registry = Registry(example_jobs())
    database = await Database.open(place, max_size=4)
    await make_schedules(database, registry)
    for name, spread, workers in (
        (f"within {SPREAD.seconds} s", SPREAD, 1),
        ("at the same instant", timedelta(), 1),
        ("at the same instant, two workers", timedelta(), 2),
    ):
        spans = await lateness(database, registry, spread, workers)
        p50, p99 = spans[len(spans) // 2], spans[len(spans) * 99 // 100]
        print(
            f"{SCHEDULES:,} schedules {name}: p50 {p50 * 1000:,.0f} ms,"
            f" p99 {p99 * 1000:,.0f} ms, latest {spans[-1] * 1000:,.0f} ms,"
            f" {spans[-1] / TARGET:.2f} of the target"
        )
    await database.close()


def main() -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
