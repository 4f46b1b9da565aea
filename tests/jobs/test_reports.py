"""Reports are taken in as any event is, or nothing is done about them."""

import asyncio
from random import Random
from typing import Any

import pytest

from jobwire.jobs.engine import Engine
from jobwire.jobs.posted import Posted
from jobwire.jobs.reports import may_be_report, take_in_reports
from jobwire.jobs.transitions.erase import erase
from jobwire.jobs.webhook import Receipt, take_in
from jobwire.models.database import Connection, Database
from tests.blocked import blocked
from tests.clock import FakeClock
from tests.jobs.conftest import MakeJob
from tests.jobs.posted import LINE, alert, event
from tests.jobs.snapshot import snapshot
from tests.jobs.test_take_in import make_jobs, random_event, read


@pytest.fixture
def report(database: Database, clock: FakeClock):
    """Take in reports, each statement in a transaction of its own."""

    async def report(*posted: Posted) -> list[bool]:
        async with database.connection() as connection:
            return await take_in_reports(connection, posted, now=clock.now())

    return report


def progress(fraction: float = 0.5, **given: Any) -> Posted:
    [posted] = read(event("RUN_PROGRESS", progress={"fraction": fraction}, **given))
    return posted


@pytest.mark.parametrize(
    ("posted", "may_be"),
    [
        (event("RUN_PROGRESS", progress={"fraction": 0.5}), True),
        (event("RUN_PROGRESS", progress={"fraction": 0.5}, logs=[LINE]), False),
        (event("RUN_PROGRESS", logs=[LINE]), False),
        (event("RUN_PROGRESS"), False),
        (event("RUN_STARTED", progress={"fraction": 0.5}), False),
        (event("RUN_COMPLETED"), False),
        (alert(), False),
    ],
)
def test_a_report_tells_of_progress_and_nothing_else(
    posted: dict[str, Any], *, may_be: bool
) -> None:
    [one] = read(posted)

    assert may_be_report(one) is may_be


@pytest.mark.parametrize("seed", range(20))
async def test_reports_leave_what_events_leave_that_are_taken_in_one_by_one(
    connection: Connection, make_run_job: MakeJob, clock: FakeClock, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - it guards nothing
    jobs = await make_jobs(make_run_job, clock)
    deleted = await make_run_job(status="SUCCEEDED", trigger_run_id="run_deleted")
    await erase(connection, deleted.id, actor="user-1", now=clock.now())
    events = [random_event(random, [*jobs, deleted], number) for number in range(200)]
    posted = [one for one in read(*events) if may_be_report(one)]
    now = clock.now()

    transaction = connection.transaction()
    await transaction.start()
    reported: list[Posted] = []
    for place in range(0, len(posted), 5):
        some = posted[place : place + 5]
        taken = await take_in_reports(connection, some, now=now)
        reported += [one for one, is_taken in zip(some, taken, strict=True) if is_taken]
    left = await snapshot(connection)
    again = await take_in_reports(connection, reported, now=now)
    assert await snapshot(connection) == left
    await transaction.rollback()

    assert 0 < len(reported) < len(posted)
    assert not any(again)
    for one in reported:
        [received] = await take_in(connection, [one], now=now)
        assert received.receipt is Receipt.APPLIED
    assert await snapshot(connection) == left


async def test_of_a_run_the_first_one_comes_first(
    report, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    early, late = progress(0.1, id="1"), progress(0.2, id="2")

    assert await report(early, late) == [True, False]

    assert await connection.fetchval(
        "SELECT array_agg(event_id) FROM webhook_deliveries"
    ) == ["1"]


async def test_a_report_that_comes_again_is_left_to_the_others(
    report, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    told = progress()
    assert await report(told) == [True]
    newer = told._replace(
        event=told.event.model_copy(
            update={"occurred_at": told.event.occurred_at.replace(minute=2)}
        )
    )
    before = await snapshot(connection)

    assert await report(newer) == [False]

    assert await snapshot(connection) == before


async def test_what_changes_a_job_meanwhile_comes_before_its_report(
    report,
    database: Database,
    make_run_job: MakeJob,
    connection: Connection,
    clock: FakeClock,
) -> None:
    await make_run_job(status="RUNNING")
    await make_run_job(status="RUNNING", trigger_run_id="run_free")
    async with database.transaction() as own, asyncio.timeout(30):
        started = event("RUN_STARTED", run={"attempt": 2})
        await take_in(own, read(started), now=clock.now())
        reporting = asyncio.create_task(
            report(progress(), progress(run={"id": "run_free"}, id="free"))
        )
        await blocked(connection)

    assert await reporting == [False, True]
    assert (
        await connection.fetchval(
            "SELECT progress FROM worker_jobs WHERE trigger_run_id <> 'run_free'"
        )
        is None
    )


async def test_the_same_report_at_the_same_time_is_taken_in_once(
    report, database: Database, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    async with database.transaction() as own, asyncio.timeout(30):
        await own.execute("SELECT FROM worker_jobs FOR UPDATE")
        reporting = [asyncio.create_task(report(progress())) for _ in range(4)]
        await blocked(connection, 4)

    assert sorted(await asyncio.gather(*reporting)) == [[False]] * 3 + [[True]]
    assert (
        await connection.fetchval(
            "SELECT count(*) FROM job_events WHERE kind = 'PROGRESS'"
        )
        == 1
    )


async def test_a_report_of_which_later_things_were_seen_meanwhile_is_left(
    report, make_run_job: MakeJob, clock: FakeClock
) -> None:
    await make_run_job(status="RUNNING", trigger_observed_at=clock.now())
    assert await report(progress(0.1, id="1")) == [True]
    clock.advance(-1)

    assert await report(progress(0.2, id="2")) == [False]


async def test_of_two_runs_with_one_event_the_second_comes_too_late(
    engine: Engine, make_run_job: MakeJob, connection: Connection
) -> None:
    for run in ("run_1", "run_2"):
        await make_run_job(status="RUNNING", trigger_run_id=run)
    told = [progress(run={"id": run}, id="same") for run in ("run_1", "run_2")]

    received = await asyncio.gather(*map(engine.reception.take_in, told))

    assert [one.receipt for one in received] == [Receipt.APPLIED, Receipt.DUPLICATE]
    assert await connection.fetchval("SELECT deliveries FROM webhook_deliveries") == 2
