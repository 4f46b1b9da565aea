"""What takes too long, or is too much, ends with a word that says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from jobwire.gql.context import MAX_JSON
from jobwire.gql.transports import Terms, graphql_routes
from jobwire.jobs.engine import Engine
from jobwire.models.database import Database
from tests.gql.callers import authenticate
from tests.gql.client import Api
from tests.gql.types import MakeJob

JOBS = "{ jobs { nodes { id } } }"
READ = "query ($tags: [String!]) { jobs(filter: {tags: $tags}) { nodes { data } } }"


@asynccontextmanager
async def _api(engine: Engine, terms: Terms) -> AsyncIterator[Api]:
    app = Starlette(routes=graphql_routes(lambda: engine, authenticate, terms=terms))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Api(http)


@asynccontextmanager
async def _locked(database: Database) -> AsyncIterator[None]:
    """Let nobody read jobs while the block lasts."""
    async with database.transaction() as connection:
        await connection.execute("LOCK TABLE worker_jobs IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
async def test_a_query_beyond_its_deadline_is_stopped(
    engine: Engine, database: Database, accept: str
) -> None:
    async with _api(engine, Terms(deadline=0.05)) as api, _locked(database):
        response = await api.post({"query": JOBS}, headers={"accept": accept})

    assert response.status_code == 503
    assert response.json() == {
        "errors": [
            {
                "message": "The operation ran for more than 0.05 s and was stopped.",
                "extensions": {"code": "DEADLINE_EXCEEDED"},
            }
        ]
    }


async def test_a_mutation_beyond_it_may_have_been_carried_out(
    engine: Engine, database: Database, make_job: MakeJob
) -> None:
    job = await make_job()
    query = f'mutation {{ cancelJob(input: {{id: "{job.id}"}}) {{ job {{ id }} }} }}'

    async with _api(engine, Terms(deadline=0.05)) as api, _locked(database):
        response = await api.post({"query": query})

    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert error["message"].endswith("may have been done: read before you repeat it.")


async def test_an_operation_within_it_runs(engine: Engine) -> None:
    async with _api(engine, Terms(deadline=30)) as api:
        assert await api.data(JOBS) == {"jobs": {"nodes": []}}


async def test_a_statement_that_the_database_stops_is_told(
    engine: Engine, database: Database
) -> None:
    hasty = await Database.open(
        database.url, statement_timeout=timedelta(milliseconds=50)
    )
    try:
        hurried = replace(engine, database=hasty)
        async with _api(hurried, Terms()) as api, _locked(database):
            answer = await api(JOBS)
    finally:
        hasty.terminate()

    [error] = answer["errors"]
    assert error["extensions"] == {"code": "DEADLINE_EXCEEDED"}
    assert "Ask for less" in error["message"]


async def test_a_database_that_is_away_is_told(
    engine: Engine, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    gone = await Database.open(database.url)
    gone.terminate()

    async with _api(replace(engine, database=gone), Terms()) as api:
        answer = await api(JOBS)

    [error] = answer["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert error["message"] == "The database does not answer at the moment; try again."
    [record] = caplog.records
    assert record.exc_info is None


async def test_an_answer_holds_so_much_json_and_no_more(
    api: Api, make_job: MakeJob
) -> None:
    fits = MAX_JSON // 2
    for _ in range(2):
        await make_job(tag="fits", data="x" * (fits - 2))
    await make_job(tag="more", data="x" * 100)

    two = await api.data(READ, tags=["fits"])
    three = await api(READ, tags=["fits", "more"])

    assert len(two["jobs"]["nodes"]) == 2
    assert [job["data"] for job in three["data"]["jobs"]["nodes"]].count(None) == 1
    [error] = three["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "at most 16,777,216 are allowed" in error["message"]
