import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from jobwire.gql.context import Context
from jobwire.gql.documents import DocumentPolicy
from jobwire.gql.execution import Operation, Running
from jobwire.gql.proof import LOOK_AFTER
from jobwire.gql.request import Request
from jobwire.gql.result import RequestError, Result
from jobwire.jobs import api_keys
from jobwire.jobs.engine import Engine
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock

FOLLOW = """subscription { jobListUpdates {
  __typename ... on JobChange { job { tag } } } }"""

MakeJob = Callable[..., Awaitable[Job]]


@pytest.fixture
async def viewer(engine: Engine) -> Viewer:
    """Somebody whose proof is an API key."""
    now = engine.clock.now()
    async with engine.database.connection() as connection:
        created = await api_keys.create(
            connection,
            name="shop",
            user_id="user-1",
            scopes=[Scope.JOBS_READ],
            now=now,
        )
    return created.key.viewer(now)


async def revoke(engine: Engine, viewer: Viewer) -> None:
    assert viewer.api_key_id is not None
    id = api_keys.public_id(viewer.api_key_id)
    async with engine.database.connection() as connection:
        await api_keys.revoke(connection, id, now=engine.clock.now())


def follow(engine: Engine, viewer: Viewer) -> AsyncGenerator[Result, None]:
    operation = Operation.choose(Request(FOLLOW, {}, None), DocumentPolicy(), viewer)
    return Running(operation, Context(engine, viewer)).results()


async def next_message(stream: AsyncGenerator[Result, None]) -> dict[str, Any]:
    message: dict[str, Any] = json.loads((await anext(stream)).text)
    return message["data"]["jobListUpdates"]


async def test_a_stream_tells_nothing_from_five_seconds_after_its_key_was_revoked(
    engine: Engine, viewer: Viewer, clock: FakeClock, make_job: MakeJob
) -> None:
    async with aclosing(follow(engine, viewer)) as stream:
        assert await next_message(stream) == {"__typename": "StreamCaughtUp"}
        await revoke(engine, viewer)
        clock.advance(LOOK_AFTER)
        await make_job(tag="secret")

        with pytest.raises(RequestError) as caught:
            await next_message(stream)

    [error] = caught.value.errors
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "The API key was revoked." in error["message"]


async def test_a_stream_goes_on_while_its_key_is_valid(
    engine: Engine, viewer: Viewer, clock: FakeClock, make_job: MakeJob
) -> None:
    told = []
    async with aclosing(follow(engine, viewer)) as stream:
        await next_message(stream)
        for number in range(3):
            clock.advance(LOOK_AFTER)
            await make_job(tag=f"job {number}")
            told.append((await next_message(stream))["job"]["tag"])

    assert told == ["job 0", "job 1", "job 2"]
