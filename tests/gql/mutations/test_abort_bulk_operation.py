"""`abortBulkOperation`: what was done stays, nothing more is done."""

from typing import Any

import pytest

from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

CANCEL = """mutation { cancelJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""
ABORT = """mutation ($id: ID!) { abortBulkOperation(input: {id: $id}) {
  matchedCount operation { id status finishedAt } errors { __typename code path } } }"""


async def _abort(api: Api, id: str, caller: str = "alice") -> Any:
    answer = await api.data(ABORT, id=id, caller=caller)
    return answer["abortBulkOperation"]


@pytest.fixture
async def operation_id(api: Api, make_job: MakeJob) -> str:
    await make_job()
    return (await api.data(CANCEL))["cancelJobs"]["operation"]["id"]


async def test_it_is_aborted_once_and_stays_so(
    api: Api, operation_id: str, steps: Steps
) -> None:
    payload = await _abort(api, operation_id)
    again = await _abort(api, operation_id, "admin")

    assert payload["errors"] == []
    assert payload["matchedCount"] == 1
    assert payload["operation"]["status"] == "ABORTED"
    assert payload["operation"]["finishedAt"] is not None
    assert again == payload
    assert await steps.carry_out() is None


async def test_one_that_has_ended_stays_as_it_is(
    api: Api, operation_id: str, steps: Steps
) -> None:
    await steps.carry_out()

    payload = await _abort(api, operation_id)

    assert payload["operation"]["status"] == "COMPLETED"
    assert payload["errors"] == []


async def test_only_who_asked_for_it_and_admins_can_abort_it(
    api: Api, operation_id: str
) -> None:
    for caller, id in (("bob", operation_id), ("alice", "blk_1"), ("alice", "job_1")):
        assert await _abort(api, id, caller) == {
            "matchedCount": None,
            "operation": None,
            "errors": [
                {
                    "__typename": "NotFoundError",
                    "code": "NOT_FOUND",
                    "path": ["input", "id"],
                }
            ],
        }
    refused = await _abort(api, operation_id, "reader")
    assert refused["errors"][0]["code"] == "FORBIDDEN"
