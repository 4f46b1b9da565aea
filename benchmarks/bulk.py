"""Cancel and retry 100,000 jobs in bulk: jobs a second, and the longest transaction."""

import asyncio
import sys
import time

from benchmarks.cluster import fresh_database
from jobwire.jobs import identifiers
from jobwire.jobs.bulk import BulkRequest, Selection, ask, read_operation
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Viewer
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.models.vocabulary import BulkAction
from jobwire.worker.worker import Worker

JOBS = 100_000
TARGET_MILLISECONDS = 1000
SELECTION = Selection(JobFilter(tags=("bench",)))
VIEWER = Viewer("bench", frozenset())

# On Trigger.dev, of which the worker knows nothing: what a retry makes stays queued.
_FILL = """
WITH i AS (
  INSERT INTO worker_jobs (id, tag, type, user_id, executor, trigger_task_id, status,
                           run_at, next_attempt_at, created_at, updated_at)
  SELECT id, 'bench', 'bench', 'bench', 'trigger', 'bench', 'QUEUED', $2, $2, $2, $2
    FROM unnest($1::uuid[]) AS job (id) RETURNING *)
INSERT INTO job_events (job_id, user_id, version, kind, to_status, source, occurred_at,
                        recorded_at, changes)
SELECT id, user_id, 1, 'CREATED', status, 'API', $2, $2, to_jsonb(i) FROM i"""
_LONGEST = """
SELECT EXTRACT(epoch FROM max(clock_timestamp() - xact_start))::float
  FROM pg_stat_activity WHERE application_name = $1 AND xact_start IS NOT NULL"""


async def fill(database: Database, jobs: int) -> None:
    """Insert the jobs."""
    now = SystemClock().now()
    async with database.connection() as connection:
        for begun in range(0, jobs, 10_000):
            size = min(10_000, jobs - begun)
            ids = [identifiers.new_id(now) for _ in range(size)]
            await connection.execute(_FILL, ids, now)


async def carry_out(database: Database, doorbell: Doorbell, action: BulkAction) -> None:
    """Ask, let the worker do it, and print how that went."""
    request = BulkRequest(action=action, selection=SELECTION)
    began = time.perf_counter()
    async with database.transaction() as connection:
        await ask(
            connection, request, viewer=VIEWER, now=SystemClock().now(), dry_run=True
        )
    counted = time.perf_counter()
    async with database.transaction() as connection:
        asked = await ask(connection, request, viewer=VIEWER, now=SystemClock().now())
    recorded = time.perf_counter()
    doorbell.ring(Topic.BULK)
    operation, longest = asked.operation, 0.0
    async with database.connection() as connection:
        while operation is not None and not operation.has_ended:
            longest = max(
                longest, await connection.fetchval(_LONGEST, WORKER_APPLICATION) or 0
            )
            operation = await read_operation(connection, VIEWER, operation.id)
            await asyncio.sleep(0.002)
    took = time.perf_counter() - recorded
    print(
        f"{action}: counted {asked.matched_count:,} jobs in"
        f" {1000 * (counted - began):,.0f} ms, recorded them in"
        f" {1000 * (recorded - counted):,.0f} ms, did {asked.matched_count / took:,.0f}"
        f" jobs/s; the longest transaction took {1000 * longest:,.0f} ms"
        f" (target < {TARGET_MILLISECONDS:,} ms)"
    )


async def measure(url: str, jobs: int) -> None:
    """Cancel the jobs, then retry them."""
    place = parse(url)
    await migrate(place)
    database = await Database.open(place)
    await fill(database, jobs)
    async with (
        Doorbell(database) as doorbell,
        Worker(place, registry=Registry()),
    ):
        for action in BulkAction:
            await carry_out(database, doorbell, action)
    await database.close()


def main(jobs: int = JOBS) -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url, jobs))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
