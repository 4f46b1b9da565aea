"""Epochs: one winner, and no witness that is not of here and now."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed import CaughtUp, Changed, Feed, Reset, Snapshotted, follow_job
from jobwire.jobs.feed.epoch import read_epoch
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.jobs.feed.steps import USER, opened, reports, versions

MakeJob = Callable[..., Awaitable[Job]]

LOSSES = {
    "empty": "DELETE FROM feed_witness",
    "of another cluster": "UPDATE feed_witness SET system_identifier = '1'",
    "of another database": "UPDATE feed_witness SET database_oid = 1",
    "of another epoch": "UPDATE feed_witness SET epoch = gen_random_uuid()",
}


@pytest.fixture
async def epoch(database: Database) -> AsyncIterator[UUID]:
    async with database.connection() as connection:
        yield (await read_epoch(connection)).id


async def _lose(database: Database, loss: str) -> None:
    async with database.connection() as connection:
        await connection.execute(LOSSES[loss])


async def test_an_epoch_with_its_witness_stays(database: Database, epoch: UUID) -> None:
    async with database.connection() as connection:
        assert (await read_epoch(connection)).id == epoch


@pytest.mark.parametrize("loss", LOSSES)
async def test_many_that_find_the_witness_lost_begin_one_epoch(
    database: Database, epoch: UUID, loss: str
) -> None:
    await _lose(database, loss)
    ready = asyncio.Barrier(8)

    async def renew() -> UUID:
        async with database.connection() as connection:
            await ready.wait()
            return (await read_epoch(connection)).id

    found = set(await asyncio.gather(*[renew() for _ in range(8)]))

    assert len(found) == 1
    assert epoch not in found


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_lost_witness_resets_every_stream_and_it_goes_on(
    database: Database, clock: FakeClock, make_job: MakeJob, loss: str
) -> None:
    job = await make_job(status="RUNNING")
    async with (
        Doorbell(database) as bell,
        Doorbell(database) as other_bell,
        Feed(database, bell, clock=clock) as feed,
        Feed(database, other_bell, clock=clock) as other,
        opened(follow_job(feed, USER, job.id)) as reader,
        opened(follow_job(other, USER, job.id)) as other_reader,
    ):
        before = (await reader.until(CaughtUp))[-1].cursor
        await other_reader.until(CaughtUp)
        await _lose(database, loss)
        bell.ring(Topic.CHANGE)

        reset = await reader.expect(Reset)
        await other_reader.expect(Reset)
        assert feed.epoch == other.epoch
        await reports(database, job, 1)
        bell.ring(Topic.CHANGE)
        assert (await reader.expect(Changed)).event.version == 2
        assert (await other_reader.expect(Changed)).event.version == 2

        async with opened(follow_job(feed, USER, job.id, after=before)) as late:
            assert "epoch" in (await late.expect(Reset)).reason
            assert (await late.expect(Snapshotted)).job.version == 2
        async with opened(
            follow_job(other, USER, job.id, after=reset.cursor, snapshot=False)
        ) as resumed:
            assert versions(await resumed.until(CaughtUp)) == [2]


async def test_a_read_without_a_witness_is_answered_with_a_reset(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    before = feed.epoch
    async with database.connection() as connection:
        await connection.execute("DELETE FROM feed_witness")
        _, as_of = await read_job(connection, USER, job.id)
    cursor = await feed.as_of(as_of)

    async with opened(follow_job(feed, USER, job.id, after=cursor)) as reader:
        await reader.expect(Reset)

    assert feed.epoch != before
