"""What a pass of reconciliation costs over 10,000 open runs, beside asking each.

Both over an emulator in this process, without a socket: the requests are what a real
Trigger.dev would count, the time is that of Jobwire, PostgreSQL and the emulator. The
pass keeps to the rate limit of an environment; asking each was measured without any.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from benchmarks.cluster import fresh_database
from jobwire.emulator import Emulator, Task
from jobwire.jobs import identifiers
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.installation import settle_in
from jobwire.jobs.reconcile import Reconciler
from jobwire.jobs.sync import Syncer
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.triggerdev import TriggerDevClient, TriggerOptions

RUNS = 10_000
AT_ONCE = 20
PLACE = "https://trigger.test"
#: What an environment allows: so many at once, and so many more in a minute.
BURST, PER_MINUTE = 750, 1_500

_INSERT = """
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at, created_at,
  updated_at, next_attempt_at, trigger_task_id, trigger_run_id, trigger_environment,
  dispatch_state, dispatch_number, dispatched_at)
SELECT id, 'bench', 'work', 'bench', 'trigger', 'QUEUED', $3, $3, $3, $3, 'work', run,
       $4, 'linked', 1, $3 FROM unnest($1::uuid[], $2::text[]) AS made (id, run)"""


@asynccontextmanager
async def environment(
    folder: Path, database: Database, *, rate_limit: int
) -> AsyncIterator[tuple[TriggerExecutor, TriggerDevClient]]:
    """Open the emulator of a folder, and an executor that asks it."""
    # A run that executes, and others that wait for it.
    emulator = Emulator(
        folder,
        tasks=(Task("work", duration=3600),),
        concurrency=1,
        rate_limit=rate_limit,
        list_lag=timedelta(),
    )
    async with emulator:
        client = TriggerDevClient(
            secret_key=emulator.secret_key,
            api_url=PLACE,
            transport=httpx.ASGITransport(emulator.app),
        )
        async with database.connection() as connection:
            installation = await settle_in(connection)
        executor = TriggerExecutor(
            client, place=PLACE, installation=installation.id, clock=SystemClock()
        )
        async with executor:
            yield executor, client


async def fill(
    database: Database, executor: TriggerExecutor, client: TriggerDevClient
) -> None:
    """Make the runs, and their jobs as if they had been handed over yesterday."""
    options = TriggerOptions(tags=(executor.marks.tag,))

    async def trigger(count: int) -> Sequence[str]:
        return [
            (await client.tasks.trigger("work", {}, options)).id for _ in range(count)
        ]

    made = await asyncio.gather(*(trigger(RUNS // AT_ONCE) for _ in range(AT_ONCE)))
    runs = [run for some in made for run in some]
    now = SystemClock().now()
    async with database.connection() as connection:
        await connection.execute(
            _INSERT,
            [identifiers.new_id(now) for _ in runs],
            runs,
            now,
            await executor.environment(),
        )


async def ask_each(database: Database, executor: TriggerExecutor) -> None:
    """Ask every run by itself, and say what that takes."""
    before, began = executor.requests, time.perf_counter()
    synced = await Syncer(database.connection, executor, SystemClock()).ask_all()
    took, requests = time.perf_counter() - began, executor.requests - before
    waits = max(requests - BURST, 0) / PER_MINUTE
    print(
        f"asked one by one: {synced.checked:,} runs, {requests:,} requests,"
        f" {took:.1f} s, and {waits:.1f} minutes of waiting for the rate limit"
    )


async def make_passes(database: Database, executor: TriggerExecutor) -> None:
    """Make a first pass and a later one, and say what they take."""
    reconciler = Reconciler(database.connection, executor, SystemClock())
    for name in ("the first pass", "a later pass"):
        began = time.perf_counter()
        report = await reconciler.reconcile()
        took = time.perf_counter() - began
        if report.error or report.checked != RUNS:
            raise RuntimeError(report)
        print(
            f"{name}: {report.checked:,} runs, {report.listed:,} of them from lists,"
            f" {report.api_requests:,} requests, {took:.1f} s, all waiting included"
        )


async def measure(url: str, folder: Path) -> None:
    """Print the figures."""
    database = await Database.open(parse(url), max_size=AT_ONCE)
    try:
        async with environment(folder, database, rate_limit=10**6) as (
            executor,
            client,
        ):
            await fill(database, executor, client)
            await ask_each(database, executor)
        async with environment(folder, database, rate_limit=BURST) as (executor, _):
            await make_passes(database, executor)
    finally:
        await database.close()


def main() -> None:
    """Measure on a database and an emulator of this measurement's own."""
    with (
        fresh_database() as url,
        tempfile.TemporaryDirectory(prefix="jobwire-bench-") as folder,
    ):
        asyncio.run(migrate(parse(url)))
        asyncio.run(measure(url, Path(folder)))


if __name__ == "__main__":
    main()
