"""Reception: events of one moment are taken in together, each once, in their order."""

import asyncio
from collections.abc import Sequence
from typing import Any

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.posted import Posted, read_event
from jobwire.jobs.webhook import Receipt
from jobwire.models.database import Connection
from tests.blocked import blocked
from tests.jobs.conftest import MakeJob
from tests.jobs.posted import LINE, body_of, event


def _read(given: dict[str, Any]) -> Posted:
    posted = read_event(body_of(given))
    assert isinstance(posted, Posted)
    return posted


async def _take_in(engine: Engine, *events: dict[str, Any]) -> Sequence[Receipt]:
    received = await asyncio.gather(
        *(engine.reception.take_in(_read(one)) for one in events)
    )
    return [one.receipt for one in received]


async def test_events_of_one_moment_are_committed_together_in_their_order(
    engine: Engine, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    receipts = await _take_in(
        engine,
        event("RUN_STARTED"),
        event("RUN_PROGRESS", progress={"fraction": 0.3}, logs=[LINE]),
        event("RUN_STARTED"),
        event(run={"id": "run_of_nobody"}, id="of-nobody"),
    )

    assert receipts == [
        Receipt.APPLIED,
        Receipt.APPLIED,
        Receipt.DUPLICATE,
        Receipt.IGNORED,
    ]
    assert (
        await connection.fetchval(
            "SELECT count(DISTINCT xmin::text) FROM webhook_deliveries"
        )
        == 1
    )
    told = await connection.fetch("SELECT kind FROM job_events ORDER BY version")
    assert [one["kind"] for one in told[-2:]] == ["STARTED", "PROGRESS"]


async def test_a_ring_follows_the_transaction_of_several_events(
    engine: Engine, make_run_job: MakeJob
) -> None:
    await make_run_job()
    rung: list[frozenset[Topic]] = []
    engine.doorbell.listen(rung.append)

    await _take_in(engine, event("RUN_STARTED"), event("RUN_PROGRESS"))

    assert rung == [{Topic.INBOX, Topic.CHANGE, Topic.LOG}]


async def test_reports_of_one_moment_are_committed_together_and_rung_for_once(
    engine: Engine, make_run_job: MakeJob, connection: Connection
) -> None:
    runs = ["run_1", "run_2", "run_3"]
    for run in runs:
        await make_run_job(status="RUNNING", trigger_run_id=run)
    rung: list[frozenset[Topic]] = []
    engine.doorbell.listen(rung.append)

    receipts = await _take_in(
        engine,
        *(
            event("RUN_PROGRESS", id=run, run={"id": run}, progress={"fraction": 0.5})
            for run in runs
        ),
    )

    assert receipts == [Receipt.APPLIED] * 3
    assert rung == [{Topic.CHANGE}]
    assert (
        await connection.fetchval(
            "SELECT count(DISTINCT xmin::text) FROM webhook_deliveries"
        )
        == 1
    )


async def test_a_report_of_a_run_that_starts_in_the_same_moment_comes_after_that(
    engine: Engine, make_run_job: MakeJob
) -> None:
    await make_run_job()

    receipts = await _take_in(
        engine,
        event("RUN_STARTED"),
        event("RUN_PROGRESS", progress={"fraction": 0.3}),
    )

    assert receipts == [Receipt.APPLIED, Receipt.APPLIED]


async def test_an_event_of_a_job_that_is_locked_holds_up_others_for_a_moment_only(
    engine: Engine, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()
    await make_run_job(trigger_run_id="run_free")

    async with connection.transaction():
        await connection.execute(
            "SELECT FROM worker_jobs WHERE trigger_run_id <> 'run_free' FOR UPDATE"
        )
        locked = asyncio.ensure_future(_take_in(engine, event()))
        await blocked(connection)
        free = await _take_in(engine, event(run={"id": "run_free"}, id="free"))
        assert free == [Receipt.APPLIED]
        assert not locked.done()

    assert await locked == [Receipt.APPLIED]
