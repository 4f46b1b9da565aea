"""PostgreSQL dies under the counts: they are right at once, with nothing recounted."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from jobwire.app.postgres import Cluster, acquire
from jobwire.jobs.counts import CountsFilter, read_counts
from jobwire.jobs.counts.read import read_once
from jobwire.migrations import migrate
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import parse
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.jobs.counts.steps import keep_all
from tests.jobs.counts.truth import expected, kept, shown, truth
from tests.jobs.feed.test_crash import SETTINGS

FORGOTTEN = 200
#: Fewer, as PostgreSQL may have noted some of those ids before it died.
AGAIN = 20
LAST_RECOUNT = "SELECT recounted_at FROM job_counts_state"


def _start(folder: Path, request: pytest.FixtureRequest) -> Cluster:
    bin_dir = request.config.getoption("--postgres-bin")
    return acquire(folder / "postgres", bin_dir=bin_dir, settings=SETTINGS)


async def _forgotten_transactions(connection: Connection) -> int:
    """End many transactions of which nothing may reach the disk; return the last id."""
    last = 0
    for _ in range(FORGOTTEN):
        transaction = connection.transaction()
        await transaction.start()
        last = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
        await transaction.rollback()
    return last


async def test_counts_are_right_at_once_after_a_crash_that_gives_ids_again(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    clock = FakeClock()
    with await asyncio.to_thread(_start, tmp_path, request) as cluster:
        await migrate(parse(cluster.url))
        database = await Database.open(parse(cluster.url))
        async with database.connection() as connection:
            for _ in range(3):
                await insert_job(connection, now=clock.now(), status="RUNNING")
            # Some that the counts take for ended, and some that they never saw.
            await _forgotten_transactions(connection)
            await insert_job(connection, now=clock.now())
            await keep_all(database, clock)
            counted_at = await connection.fetchval(LAST_RECOUNT)
            forgotten = await _forgotten_transactions(connection)
        database.terminate()
        os.kill(cluster.server_pid, signal.SIGKILL)

        with await asyncio.to_thread(_start, tmp_path, request):
            database = await Database.open(parse(cluster.url))
            async with database.connection() as connection:
                at_once = await read_once(connection, CountsFilter())
                assert at_once is not None
                assert shown(at_once) == await truth(connection)
                assert at_once.total == 4

                for _ in range(AGAIN):
                    await insert_job(connection, now=clock.now())
                # Otherwise this test would prove nothing.
                assert await _last_xid(connection) < forgotten
                counts = await read_counts(database, CountsFilter(), clock=clock)
                assert shown(counts) == await truth(connection)
                await keep_all(database, clock)
                assert await kept(connection) == await expected(connection)
                assert await connection.fetchval(LAST_RECOUNT) == counted_at
            await database.close()


async def _last_xid(connection: asyncpg.Connection) -> int:
    last: int = await connection.fetchval(
        "SELECT max(xid::text::bigint) FROM job_events"
    )
    return last
