"""Following a bulk operation: at once, at each change, to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from jobwire.jobs.bulk import BulkOperation, follow
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import NotFoundError
from jobwire.models.vocabulary import BulkAction
from tests.jobs.bulk.conftest import ADMIN, OWNER, STRANGER, Bulk, MakeJob

PATIENCE = 10.0


@pytest.fixture
async def doorbell(bulk: Bulk) -> AsyncIterator[Doorbell]:
    async with Doorbell(bulk.database) as doorbell:
        yield doorbell


async def test_it_is_told_as_it_stands_then_as_it_changes_until_it_ends(
    bulk: Bulk, doorbell: Doorbell
) -> None:
    await bulk.insert(501)
    operation = await bulk.operation(BulkAction.CANCEL, tags=("tag-1",))

    told: list[BulkOperation] = []
    async with (
        asyncio.timeout(PATIENCE),
        aclosing(follow(bulk.database, doorbell, OWNER, operation.id)) as values,
    ):
        async for value in values:
            told.append(value)
            await bulk.step()
            # What changed nothing is not told.
            doorbell.ring(Topic.CHANGE)

    assert [one.succeeded_count for one in told] == [0, 500, 501]
    assert [one.has_ended for one in told] == [False, False, True]


async def test_what_nobody_rings_for_is_seen_a_second_later(
    bulk: Bulk, doorbell: Doorbell, make_job: MakeJob
) -> None:
    operation = await bulk.operation(BulkAction.CANCEL, (await make_job()).id)

    async with (
        asyncio.timeout(PATIENCE),
        aclosing(follow(bulk.database, doorbell, ADMIN, operation.id)) as values,
    ):
        await anext(values)
        await bulk.step()
        assert (await anext(values)).has_ended
        with pytest.raises(StopAsyncIteration):
            await anext(values)


async def test_what_another_user_asked_for_is_not_found(
    bulk: Bulk, doorbell: Doorbell
) -> None:
    operation = await bulk.operation(BulkAction.CANCEL)

    async with aclosing(
        follow(bulk.database, doorbell, STRANGER, operation.id)
    ) as values:
        with pytest.raises(NotFoundError):
            await anext(values)
