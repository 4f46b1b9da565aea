"""Dispatch: a job that was surely not accepted is not handed over any more."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.responses import JSONResponse

from jobwire.jobs.cancel import cancel
from jobwire.jobs.dispatch import Dispatcher, DispatchRules, Outcome
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.transitions.dispatch import claim_dispatches
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Database
from jobwire.triggerdev import TriggerDevClient
from tests.clock import FakeClock
from tests.factories import LEASE, WORKER
from tests.jobs.conftest import ENVIRONMENT, MakeJob
from tests.triggerdev.server import KEY, FakeTriggerDev


@pytest.fixture
async def send_refused(database: Database, clock: FakeClock):
    """Claim one job, do something meanwhile, and send it with a key that is wrong."""
    server = FakeTriggerDev()
    client = TriggerDevClient(
        secret_key=KEY,
        api_url="https://trigger.test",
        transport=server.transport(),
        now=clock.now,
    )
    executor = TriggerExecutor(
        client, place="https://trigger.test", installation=UUID(int=1), clock=clock
    )

    async def send_refused(meanwhile: Any = None) -> Outcome:
        async with database.connection() as connection:
            [claimed] = await claim_dispatches(
                connection,
                worker=WORKER,
                limit=1,
                lease=LEASE,
                environment=ENVIRONMENT,
                now=clock.now(),
            )
        if meanwhile is not None:
            async with database.transaction() as connection:
                await meanwhile(connection, claimed.id)
        server.answers.append(JSONResponse({"error": "Invalid API key"}, 401))
        dispatcher = Dispatcher(database.connection, executor, clock, DispatchRules())
        return await dispatcher.send(claimed)

    async with executor:
        yield send_refused


async def _row(database: Database) -> Any:
    async with database.connection() as connection:
        return await connection.fetchrow("SELECT * FROM worker_jobs")


async def test_it_waits_for_the_next_dispatch(
    send_refused, make_run_job: MakeJob, database: Database
) -> None:
    await make_run_job("none")

    assert await send_refused() is Outcome.REFUSED_FOR_NOW

    row = await _row(database)
    assert (row["status"], row["dispatch_state"]) == ("QUEUED", "none")


async def test_it_is_canceled_if_that_was_asked_while_it_was_sent(
    send_refused, make_run_job: MakeJob, database: Database, clock: FakeClock
) -> None:
    await make_run_job("none", expires_at=clock.now() + timedelta(minutes=1))

    async def ask(connection: Any, job_id: UUID) -> None:
        await cancel(connection, job_id, viewer=trusted("user-1"), now=clock.now())

    assert await send_refused(ask) is Outcome.REFUSED_FOR_NOW

    row = await _row(database)
    assert (row["status"], row["cancel_outcome"]) == ("CANCELED", "NEVER_STARTED")
    async with database.connection() as connection:
        assert await expire(connection, now=clock.advance(timedelta(hours=1))) == 0


async def test_it_expires_if_its_time_to_live_has_passed_while_it_was_sent(
    send_refused, make_run_job: MakeJob, database: Database, clock: FakeClock
) -> None:
    await make_run_job("none", expires_at=clock.now() + timedelta(seconds=3))

    async def wait(*_: object) -> None:
        clock.advance(timedelta(seconds=3))

    await send_refused(wait)

    assert (await _row(database))["status"] == "EXPIRED"
