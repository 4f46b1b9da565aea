"""Forgetting: what a retention removes leaves the counts, counted already or not."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs.counts import CountsFilter, keep_counts, read_counts
from jobwire.jobs.job import Job
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.jobs.counts.steps import delete, keep_all, remove
from tests.jobs.counts.truth import expected, kept, shown, truth

MakeJob = Callable[..., Awaitable[Job]]

pytestmark = pytest.mark.usefixtures("counted")


@pytest.mark.parametrize("counted_before", ["nothing", "the job", "its deletion"])
@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize("is_recounting", [False, True])
async def test_removed_jobs_leave_the_counts_whatever_has_been_counted(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    counted_before: str,
    *,
    is_deleted: bool,
    is_recounting: bool,
) -> None:
    jobs = [await make_job(status="FAILED") for _ in range(4)]
    if counted_before != "nothing":
        await keep_all(database, clock)
    if is_recounting:
        await keep_counts(
            connection, now=clock.now(), recount_after=timedelta(), slice=2
        )
    removed = [jobs[1].id, jobs[2].id]
    if is_deleted:
        await delete(connection, removed, clock.now())
    if counted_before == "its deletion":
        await keep_all(database, clock, batch=1)

    await remove(connection, removed)

    counts = await read_counts(database, CountsFilter(), clock=clock)
    assert shown(counts) == await truth(connection)
    assert counts.total == 2
    steps = await keep_all(database, clock, slice=2)
    assert await kept(connection) == await expected(connection)
    assert steps[-1].corrected == 0


async def test_a_deleted_job_is_not_counted(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    jobs = [await make_job(status="FAILED") for _ in range(3)]
    await delete(connection, [jobs[0].id], clock.now())

    counts = await read_counts(database, CountsFilter(), clock=clock)
    await keep_all(database, clock)

    assert counts.total == 2
    assert await kept(connection) == await expected(connection)


async def test_a_job_that_is_counted_in_part_is_forgotten_in_part(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    jobs = [await make_job(status="FAILED") for _ in range(3)]
    async with connection.transaction():
        # One transaction, of which the first event alone is counted.
        for job in jobs:
            await delete(connection, [job.id], clock.now())
    for _ in range(4):
        await keep_counts(connection, now=clock.now(), batch=1)

    await remove(connection, [jobs[0].id, jobs[2].id])
    await keep_all(database, clock)

    assert await kept(connection) == await expected(connection)


async def test_what_is_counted_meanwhile_waits_for_the_removal(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    jobs = [await make_job(status="FAILED") for _ in range(6)]

    await asyncio.gather(
        *[keep_all(database, clock, batch=1) for _ in range(2)],
        *[_remove(database, job) for job in jobs[:5]],
    )

    await keep_all(database, clock)
    assert await kept(connection) == await expected(connection)


async def _remove(database: Database, job: Job) -> None:
    async with database.connection() as connection:
        await remove(connection, [job.id])
