"""A user who asks for everything at once does not keep others waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from jobwire.gql.transports import Terms, graphql_routes
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.engine import Engine
from jobwire.jobs.feed import Feed
from jobwire.models.database import Database
from tests.gql.callers import authenticate
from tests.gql.client import PATIENCE, Api

JOBS = "{ jobs { nodes { id } } }"
#: Each field reads the jobs by itself, all at once.
MANY = " ".join(f"f{number}: jobCounts {{ total }}" for number in range(30))
#: It reads the database, but not the jobs.
OTHER = '{ bulkOperation(id: "blk_01jdx3v8e4f6t9a2b5c7d1g0hk") { id } }'
SCHEDULE = """mutation { scheduleJob(input: {type: "no-op", tag: "t"}) {
  created errors { code } } }"""


@pytest.fixture
async def narrow(engine: Engine, database: Database) -> AsyncIterator[Engine]:
    """The engine, by four connections to the database."""
    narrow = await Database.open(database.url, max_size=4)
    async with (
        Doorbell(narrow) as doorbell,
        Feed(narrow, doorbell, clock=engine.clock) as feed,
    ):
        yield replace(engine, database=narrow, doorbell=doorbell, feed=feed)
    narrow.terminate()


@asynccontextmanager
async def _calling(engine: Engine, terms: Terms) -> AsyncIterator[Api]:
    app = Starlette(routes=graphql_routes(lambda: engine, authenticate, terms=terms))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://test"
    ) as http:
        yield Api(http)


@asynccontextmanager
async def _locked_jobs(database: Database) -> AsyncIterator[None]:
    """Let every read of jobs, and every job, wait until the block ends."""
    async with database.transaction() as connection:
        await connection.execute("LOCK worker_jobs IN ACCESS EXCLUSIVE MODE")
        yield


async def _waiting(database: Database) -> int:
    async with database.connection() as connection:
        return await connection.fetchval(
            """SELECT count(*) FROM pg_locks WHERE NOT granted
                AND relation = 'worker_jobs'::regclass"""
        )


async def _until_as_many_wait(database: Database, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _waiting(database) < count:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([JOBS] * 30, id="many queries"),
        pytest.param([f"{{ {MANY} }}"], id="one query of many fields"),
        pytest.param([SCHEDULE] * 30, id="many mutations"),
    ],
)
async def test_all_that_one_user_asks_for_holds_half_of_the_connections(
    narrow: Engine, database: Database, asked: list[str]
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        _calling(narrow, Terms()) as api,
        asyncio.TaskGroup() as tasks,
        _locked_jobs(database),
    ):
        heavy = [tasks.create_task(api.data(query)) for query in asked]
        await _until_as_many_wait(database, 1)
        others = [await api.data(OTHER, caller="bob") for _ in range(3)]
        assert not any(task.done() for task in heavy)
        assert await _waiting(database) <= 2

    assert others == [{"bulkOperation": None}] * 3
    assert all(task.done() for task in heavy)


async def test_one_user_has_only_so_many_operations_under_way(
    narrow: Engine, database: Database
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        _calling(narrow, Terms(operations=2)) as api,
        asyncio.TaskGroup() as tasks,
    ):
        async with _locked_jobs(database):
            heavy = [tasks.create_task(api.data(query)) for query in (JOBS, SCHEDULE)]
            await _until_as_many_wait(database, 2)
            refused = [
                await api.post({"query": OTHER}, headers={"accept": media_type})
                for media_type in (
                    "application/json",
                    "application/graphql-response+json",
                    "text/event-stream",
                )
            ]
            other = await api.data(OTHER, caller="bob")
        await asyncio.gather(*heavy)
        assert await api.data(OTHER) == {"bulkOperation": None}

    for answer in refused:
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
        [error] = answer.json()["errors"]
        assert error["extensions"] == {
            "code": "LIMIT_EXCEEDED",
            "retryAfter": "PT10S",
        }
        assert "at most 2 queries and mutations under way" in error["message"]
    assert other == {"bulkOperation": None}


async def test_a_user_with_many_requests_lets_others_have_their_turn(
    engine: Engine,
) -> None:
    answered: list[str] = []

    async def ask(api: Api, caller: str, query: str) -> None:
        await api.data(query, caller=caller)
        answered.append(caller)

    async with (
        asyncio.timeout(PATIENCE),
        _calling(engine, Terms()) as api,
        asyncio.TaskGroup() as asking,
    ):
        for _ in range(100):
            asking.create_task(ask(api, "alice", "{ jobTypes { name } }"))
        asking.create_task(ask(api, "bob", "{ viewer { userId } }"))

    assert answered.index("bob") < 20
