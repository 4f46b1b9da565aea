"""The lists of the schema, each with a way to make it grow."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text, type_id
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.line import Line
from jobwire.models.database import Database
from jobwire.models.vocabulary import LogLevel
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.relay.listing import Listing
from tests.gql.steps import Steps
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons
from tests.jobs.notifications.conftest import Notifying
from tests.jobs.rig import Rig

#: How many items each list has at least.
SIZE = 5
RETRY = """mutation { retryJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""

#: The fixture of each field that is a list.
LISTS = {
    "Query.jobs": "jobs",
    "Query.jobSchedules": "job_schedules",
    "JobSchedule.jobs": "jobs_of_a_schedule",
    "Job.attempts": "attempts",
    "Job.events": "events",
    "Job.logs": "logs",
    "Query.notifications": "notifications",
    "BulkOperation.refusals": "refusals",
    "Reconciliation.drifts": "drifts",
}
#: These have no last and no before.
FORWARDS_ONLY = {"notifications", "refusals", "drifts"}
BOTH_WAYS = [field for field, name in LISTS.items() if name not in FORWARDS_ONLY]


@pytest.fixture
def bare_listing(request: pytest.FixtureRequest) -> Listing:
    """The list of a field, with hardly an item."""
    return request.getfixturevalue(LISTS[request.param])


@pytest.fixture
async def listing(bare_listing: Listing) -> Listing:
    """The same with some items."""
    for _ in range(SIZE):
        await bare_listing.grow()
    return bare_listing


@pytest.fixture
def jobs(api: Api, make_job: MakeJob, clock: FakeClock) -> Listing:
    async def grow() -> None:
        clock.advance(1)
        await make_job()

    return Listing(api, "Query.jobs", "LIST", "id", grow)


@pytest.fixture
def job_schedules(api: Api, crons: Crons) -> Listing:
    async def grow() -> None:
        crons.clock.advance(1)
        await crons.schedule(key=str(crons.clock.now()))

    return Listing(api, "Query.jobSchedules", "LIST", "id", grow, caller="planner")


@pytest.fixture
async def jobs_of_a_schedule(api: Api, crons: Crons, make_job: MakeJob) -> Listing:
    schedule = await crons.schedule()

    async def grow() -> None:
        crons.clock.advance(1)
        await make_job(schedule_id=schedule.id)

    within = "node(id: $id) { ... on JobSchedule { LIST } }"
    id = type_id("sch", schedule.id)
    return Listing(api, "JobSchedule.jobs", within, "id", grow, id=id)


@pytest.fixture
async def attempts(
    api: Api, database: Database, make_job: MakeJob, request: pytest.FixtureRequest
) -> Listing:
    request.applymarker(pytest.mark.rows_by_hand("the job knows of no attempt"))
    job = await make_job()
    number = count(1)

    async def grow() -> None:
        async with database.connection() as connection:
            await connection.execute(
                "INSERT INTO job_attempts (job_id, number, status, fence, started_at,"
                " finished_at) VALUES ($1, $2, 'FAILED', 1, now(), now())",
                job.id,
                next(number),
            )

    return _of_a_job(api, "attempts", "number", grow, job_id_text(job.id))


@pytest.fixture
async def events(api: Api, make_job: MakeJob, steps: Steps) -> Listing:
    job = await make_job()
    claimed = await steps.start()
    fraction = count()

    async def grow() -> None:
        await steps.report(claimed, f'{{"current": {next(fraction)}}}')

    return _of_a_job(api, "events", "jobVersion", grow, job_id_text(job.id))


@pytest.fixture
async def logs(api: Api, engine: Engine, make_job: MakeJob) -> Listing:
    job = await make_job(status="RUNNING")
    number = count()

    async def grow() -> None:
        line = Line(engine.clock.now(), LogLevel.INFO, str(next(number)), None)
        async with engine.database.transaction() as connection:
            await append(connection, [Portion(job.id, 1, [line])])

    return _of_a_job(api, "logs", "message", grow, job_id_text(job.id))


def _of_a_job(api: Api, name: str, key: str, grow: Any, id: str) -> Listing:
    return Listing(api, f"Job.{name}", "job(id: $id) { LIST }", key, grow, id=id)


@pytest.fixture
async def notifications(
    api: Api, database: Database, clock: FakeClock, make_job: MakeJob
) -> AsyncIterator[Listing]:
    async with database.connection() as connection:
        notifying = Notifying(database, connection, clock)
        await notifying.record_all()

        async def grow() -> None:
            await make_job()
            await notifying.record_all()

        yield Listing(
            api,
            "Query.notifications",
            "LIST",
            "id",
            grow,
            caller="admin",
            forwards_only=True,
        )


@pytest.fixture
async def refusals(
    api: Api, database: Database, clock: FakeClock, make_job: MakeJob, steps: Steps
) -> Listing:
    await make_job()
    id = (await api.data(RETRY))["retryJobs"]["operation"]["id"]
    operation = await steps.carry_out()
    assert operation is not None

    async def grow() -> None:
        clock.advance(1)
        job = await make_job()
        async with database.connection() as connection:
            await connection.execute(
                "INSERT INTO bulk_operation_refusals VALUES ($1, $2, 'WORD', 'Why.')",
                operation.id,
                job.id,
            )

    within = "bulkOperation(id: $id) { LIST }"
    field = "BulkOperation.refusals"
    return Listing(api, field, within, "jobId", grow, id=id, forwards_only=True)


@pytest.fixture
def drifts(api: Api, rig: Rig) -> Listing:
    async def grow() -> None:
        await rig.linked("fails")
        await rig.stage.advance(5)
        await rig.reconciler.reconcile()

    within = "reconciliation { LIST }"
    return Listing(
        api,
        "Reconciliation.drifts",
        within,
        "jobId",
        grow,
        caller="admin",
        forwards_only=True,
    )
