"""Queued jobs by type: exact whatever has been counted, found by few looks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs.counts.queued import read_queued, read_waits
from jobwire.jobs.job import Job
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import Executor
from tests.clock import FakeClock
from tests.jobs.counts.steps import keep_all

MakeJob = Callable[..., Awaitable[Job]]

pytestmark = pytest.mark.usefixtures("counted")


async def test_it_counts_what_is_queued_before_and_after_it_is_kept(
    database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    for type in ("flaky", "flaky", "no-op"):
        await make_job(type=type, status="QUEUED")
    await make_job(type="flaky", status="RUNNING")
    await make_job(type="flaky", status="QUEUED", executor="trigger")

    fresh = await read_queued(database, clock=clock)
    await keep_all(database, clock)
    kept = await read_queued(database, clock=clock)

    assert dict(fresh) == dict(kept)
    assert dict(kept) == {
        (Executor.INTERNAL, "flaky"): 2,
        (Executor.INTERNAL, "no-op"): 1,
        (Executor.TRIGGER, "flaky"): 1,
    }


async def test_a_type_waits_as_long_as_the_job_that_was_accepted_first(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job(type="flaky", status="QUEUED")
    await make_job(type="no-op", status="RUNNING")
    clock.advance(timedelta(minutes=5))
    await make_job(type="flaky", status="QUEUED")

    waits = await read_waits(connection, ["flaky", "no-op"], now=clock.now())

    assert waits == {"flaky": timedelta(minutes=5)}
