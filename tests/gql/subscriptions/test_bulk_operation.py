"""The subscription `bulkOperation`: as it stands, as it changes, to its end."""

import pytest

from tests.gql.client import COMPLETE, Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenEvents, OpenSocket

CANCEL = """mutation { cancelJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""
WATCH = """subscription ($id: ID!) { bulkOperation(id: $id) {
  status matchedCount succeededCount } }"""
BEFORE = {"status": "RUNNING", "matchedCount": 1, "succeededCount": 0}
AFTER = {"status": "COMPLETED", "matchedCount": 1, "succeededCount": 1}


@pytest.fixture
async def operation_id(api: Api, make_job: MakeJob) -> str:
    await make_job()
    return (await api.data(CANCEL))["cancelJobs"]["operation"]["id"]


async def test_it_is_told_until_it_ends_over_a_websocket(
    open_socket: OpenSocket, operation_id: str, steps: Steps
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=operation_id)
        assert await socket.next("bulkOperation") == BEFORE

        await steps.carry_out()

        assert await socket.next("bulkOperation") == AFTER
        await socket.completed()


async def test_one_that_has_ended_is_told_once_over_events(
    open_events: OpenEvents, operation_id: str, steps: Steps
) -> None:
    await steps.carry_out()

    async with open_events(WATCH, id=operation_id) as stream:
        assert await stream.next("bulkOperation") == AFTER
        assert await stream.event() == COMPLETE


@pytest.mark.parametrize("caller", ["bob", "alice"])
async def test_what_another_user_asked_for_is_not_found(
    open_socket: OpenSocket, operation_id: str, caller: str
) -> None:
    id = operation_id if caller == "bob" else "blk_1"
    async with open_socket() as socket:
        await socket.initialise(caller)
        await socket.subscribe(WATCH, id=id)

        assert await socket.refused() == "NOT_FOUND"
