"""`bulkOperation` and its refusals, behind the wall of who asked for it."""

from typing import Any

import pytest

from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

RETRY = """mutation { retryJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""
OPERATION = """query ($id: ID!) { bulkOperation(id: $id) {
  id action status matchedCount succeededCount failedCount
} }"""
REFUSALS = """query ($id: ID!, $first: Int, $after: String) { bulkOperation(id: $id) {
  refusals(first: $first, after: $after) {
    edges { cursor node { jobId } }
    nodes { jobId code message }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
} }"""


@pytest.fixture
async def operation_id(api: Api, make_job: MakeJob, steps: Steps) -> str:
    """A retry of one job that has ended and three that have not."""
    await make_job(status="FAILED")
    for _ in range(3):
        await make_job()
    id = (await api.data(RETRY))["retryJobs"]["operation"]["id"]
    await steps.carry_out()
    return id


async def test_it_tells_how_it_went(api: Api, operation_id: str) -> None:
    found = await api.data(OPERATION, id=operation_id)

    assert found["bulkOperation"] == {
        "id": operation_id,
        "action": "RETRY",
        "status": "COMPLETED",
        "matchedCount": 4,
        "succeededCount": 1,
        "failedCount": 3,
    }


async def test_it_is_a_node(api: Api, operation_id: str) -> None:
    query = """query ($id: ID!) { node(id: $id) { __typename id } }"""

    assert (await api.data(query, id=operation_id))["node"] == {
        "__typename": "BulkOperation",
        "id": operation_id,
    }
    assert (await api.data(query, id=operation_id, caller="bob"))["node"] is None


async def test_what_another_user_asked_for_looks_like_none(
    api: Api, operation_id: str
) -> None:
    for id, caller in ((operation_id, "bob"), ("blk_1", "alice"), ("job_1", "alice")):
        found = await api.data(OPERATION, id=id, caller=caller)
        assert found == {"bulkOperation": None}
    found = await api.data(OPERATION, id=operation_id, caller="admin")
    assert found["bulkOperation"]["id"] == operation_id


async def _page(api: Api, id: str, **arguments: Any) -> Any:
    found = await api.data(REFUSALS, id=id, **arguments)
    return found["bulkOperation"]["refusals"]


async def test_refusals_are_read_in_pages(api: Api, operation_id: str) -> None:
    first = await _page(api, operation_id, first=2)
    rest = await _page(api, operation_id, first=2, after=first["pageInfo"]["endCursor"])

    assert [len(page["nodes"]) for page in (first, rest)] == [2, 1]
    assert first["pageInfo"]["hasNextPage"] is True
    assert rest["pageInfo"]["hasNextPage"] is False
    assert len({one["jobId"] for one in first["nodes"] + rest["nodes"]}) == 3
    assert {one["code"] for one in first["nodes"]} == {"INVALID_STATE"}
    assert "A job that is QUEUED cannot be retried" in first["nodes"][0]["message"]


async def test_a_cursor_of_another_list_is_refused(
    api: Api, operation_id: str, make_job: MakeJob, steps: Steps
) -> None:
    await make_job()
    other = (await api.data(RETRY))["retryJobs"]["operation"]["id"]
    await steps.carry_out()
    cursor = (await _page(api, other, first=1))["pageInfo"]["endCursor"]

    assert await api.codes(REFUSALS, id=operation_id, after=cursor) == [
        "INVALID_CURSOR"
    ]
