"""PostgreSQL dies under the feed: a reset where ids may be reused, never silence."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from jobwire.app.postgres import Cluster, acquire
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed import (
    CaughtUp,
    Changed,
    Feed,
    Reset,
    Snapshotted,
    follow_job,
    follow_list,
)
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.jobs.feed.steps import USER, opened, reconnected, report, versions

#: Durable, but the records of aborted transactions wait long for the disk, so that a
#: crash is sure to forget them.
SETTINGS = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
FORGOTTEN = 200


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Cluster]:
    """Start the one server of a test; the second time, after it has ended."""
    bin_dir = request.config.getoption("--postgres-bin")
    return lambda: acquire(tmp_path / "postgres", bin_dir=bin_dir, settings=SETTINGS)


@pytest.fixture
def cluster(start: Callable[[], Cluster]) -> Iterator[Cluster]:
    with start() as cluster:
        yield cluster


def _crash(cluster: Cluster) -> None:
    os.kill(cluster.server_pid, signal.SIGKILL)


async def _forgotten_transactions(connection: asyncpg.Connection) -> None:
    """End many transactions whose ids nothing on the disk will know of."""
    for _ in range(FORGOTTEN):
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT pg_current_xact_id()")
        await transaction.rollback()


async def _prepare(cluster: Cluster) -> tuple[Database, Job]:
    url = parse(cluster.url)
    await migrate(url)
    database = await Database.open(url)
    async with database.connection() as connection:
        return database, await insert_job(
            connection, now=FakeClock().now(), status="RUNNING"
        )


async def test_reused_transaction_ids_are_answered_with_a_reset(
    cluster: Cluster, start: Callable[[], Cluster]
) -> None:
    database, job = await _prepare(cluster)
    async with Doorbell(database) as bell, Feed(database, bell) as feed:
        async with opened(follow_job(feed, USER, job.id)) as reader:
            await reader.until(CaughtUp)
            async with database.connection() as connection:
                await report(connection, job.id, current=1)
            bell.ring(Topic.CHANGE)
            await reader.expect(Changed)
        async with database.connection() as connection:
            await _forgotten_transactions(connection)
            _, as_of = await read_job(connection, USER, job.id)
        cursor = await feed.as_of(as_of)
    seen_up_to = int(as_of.snapshot.split(":")[1])
    database.terminate()
    _crash(cluster)

    with await asyncio.to_thread(start):
        database = await Database.open(parse(cluster.url))
        async with database.connection() as connection:
            await report(connection, job.id, current=2)
            reused = int(
                await connection.fetchval(
                    "SELECT xid::text FROM job_events ORDER BY id DESC LIMIT 1"
                )
            )
        # Otherwise this test would prove nothing.
        assert reused < seen_up_to
        async with Doorbell(database) as bell, Feed(database, bell) as feed:
            for stream in (
                follow_job(feed, USER, job.id, after=cursor),
                follow_list(feed, USER, JobFilter(), after=cursor, snapshot=True),
            ):
                async with opened(stream) as reader:
                    reset = await reader.expect(Reset)
                    assert (await reader.expect(Snapshotted)).job.version == 3
                    await reader.expect(CaughtUp)
            async with database.connection() as connection:
                await report(connection, job.id, current=3)
            async with opened(
                follow_job(feed, USER, job.id, after=reset.cursor, snapshot=False)
            ) as reader:
                assert versions(await reader.until(CaughtUp)) == [4]
        await database.close()


async def test_a_live_stream_is_reset_by_a_crash_and_goes_on(
    cluster: Cluster, start: Callable[[], Cluster]
) -> None:
    database, job = await _prepare(cluster)
    async with (
        Doorbell(database) as bell,
        Feed(database, bell) as feed,
        opened(follow_job(feed, USER, job.id)) as reader,
    ):
        await reader.until(CaughtUp)
        async with database.connection() as connection:
            await _forgotten_transactions(connection)
        _crash(cluster)
        with await asyncio.to_thread(start):
            reset = await reader.expect(Reset)
            await reconnected(database)
            async with database.connection() as connection:
                await report(connection, job.id, current=1)
            bell.ring(Topic.CHANGE)

            assert (await reader.expect(Changed)).event.version == 2
            async with opened(
                follow_job(feed, USER, job.id, after=reset.cursor, snapshot=False)
            ) as resumed:
                assert versions(await resumed.until(CaughtUp)) == [2]
            database.terminate()


async def test_a_clean_restart_loses_and_repeats_nothing(
    cluster: Cluster, start: Callable[[], Cluster]
) -> None:
    database, job = await _prepare(cluster)
    async with (
        Doorbell(database) as bell,
        Feed(database, bell) as feed,
        opened(follow_job(feed, USER, job.id)) as reader,
    ):
        cursor = (await reader.until(CaughtUp))[-1].cursor
        async with database.connection() as connection:
            await report(connection, job.id, current=1)
        await asyncio.to_thread(cluster.release)
        with await asyncio.to_thread(start):
            await reconnected(database)
            async with database.connection() as connection:
                await report(connection, job.id, current=2)
            bell.ring(Topic.CHANGE)

            told = [await reader.expect(Changed), await reader.expect(Changed)]
            assert versions(told) == [2, 3]
            async with opened(
                follow_job(feed, USER, job.id, after=cursor, snapshot=False)
            ) as resumed:
                assert versions(await resumed.until(CaughtUp)) == [2, 3]
            database.terminate()
