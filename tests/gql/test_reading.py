"""Streams that one client reads by itself: what ends them, and that they are closed."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import build_schema, parse

from jobwire.gql.context import Context
from jobwire.gql.documents.plans import Plan
from jobwire.gql.event_executor import EventExecutor
from jobwire.gql.reading import ReadingOperation
from jobwire.gql.result import RequestError
from jobwire.gql.subscriptions.source import Reading
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock
from tests.gql.client import PATIENCE

SCHEMA = build_schema("type Query { n: Int } type Subscription { n: Int }")
VIEWER = Viewer("alice", frozenset({Scope.JOBS_READ}))
SOON = timedelta(seconds=1)


class Counting:
    """Counts from 1 as often as told, then waits; knows whether it was closed."""

    def __init__(self, engine: Engine, viewer: Viewer = VIEWER, *, to: int = 2) -> None:
        self.to = to
        self.refusal: Exception | None = None
        self.waits = asyncio.Event()
        self.is_closed = False
        executor = EventExecutor.build(
            SCHEMA, parse("subscription { n }"), context_value=Context(engine, viewer)
        )
        assert not isinstance(executor, list)
        # Of another schema it has no plan, and is executed.
        plan = Plan(executor.operation, {})
        self.operation = ReadingOperation(Reading(self._values), executor, plan)

    async def _values(self) -> AsyncGenerator[Any, None]:
        try:
            for n in range(1, self.to + 1):
                yield {"n": n}
            if self.refusal is not None:
                raise self.refusal
            self.waits.set()
            await asyncio.Event().wait()
        finally:
            self.is_closed = True

    async def told(self) -> list[str]:
        async with asyncio.timeout(PATIENCE):
            return [result.text async for result in self.operation.results()]


TOLD = ['{"data":{"n":1}}', '{"data":{"n":2}}']


async def test_it_is_told_until_it_is_asked_to_finish(engine: Engine) -> None:
    counting = Counting(engine)
    told = asyncio.create_task(counting.told())
    await counting.waits.wait()

    counting.operation.finish("maintenance", SOON)

    assert await told == TOLD
    assert counting.is_closed


async def test_it_ends_when_the_server_drains(engine: Engine) -> None:
    counting = Counting(engine)
    told = asyncio.create_task(counting.told())
    await counting.waits.wait()

    engine.feed.begin_closing("maintenance", SOON)

    assert await told == TOLD
    assert counting.is_closed
    # One that comes later is not begun at all.
    assert await Counting(engine).told() == []


async def test_it_ends_with_the_token_of_its_reader(
    engine: Engine, clock: FakeClock
) -> None:
    ends = clock.now() + timedelta(milliseconds=20)
    counting = Counting(engine, replace(VIEWER, expires_at=ends))
    told = asyncio.create_task(counting.told())
    await counting.waits.wait()

    clock.advance(timedelta(milliseconds=20))

    assert await told == TOLD
    assert counting.is_closed


async def test_a_refusal_in_the_middle_is_told_as_such(engine: Engine) -> None:
    counting = Counting(engine)
    counting.refusal = NotFoundError("job_1")

    with pytest.raises(RequestError) as caught:
        await counting.told()

    assert caught.value.errors[0]["extensions"]["code"] == "NOT_FOUND"


async def test_it_is_closed_with_whoever_read_it(engine: Engine) -> None:
    counting = Counting(engine)
    told = asyncio.create_task(counting.told())
    await counting.waits.wait()

    told.cancel()
    await asyncio.wait({told})

    assert counting.is_closed
