"""`setQueue` and `queues`: for admins to set, for everybody to see."""

from typing import Any

import pytest

from tests.gql.client import Api
from tests.gql.types import MakeJob

SET = """mutation ($input: SetQueueInput!) { setQueue(input: $input) {
  queue { name isPaused limit limitPerKey }
  errors { __typename code path ... on ForbiddenError { requiredScope } }
} }"""
QUEUES = "{ queues { name isPaused limit limitPerKey } }"


async def _set(api: Api, *, caller: str = "admin", **input: Any) -> Any:
    return (await api.data(SET, caller=caller, input={"name": "mail", **input}))[
        "setQueue"
    ]


async def test_a_queue_is_limited_paused_and_freed_again(api: Api) -> None:
    limited = await _set(api, limit=5, limitPerKey=2)
    paused = await _set(api, isPaused=True)
    freed = await _set(api, isPaused=False, limit=None)

    assert limited["queue"] == {
        "name": "mail",
        "isPaused": False,
        "limit": 5,
        "limitPerKey": 2,
    }
    assert paused["queue"] == {**limited["queue"], "isPaused": True}
    assert freed["queue"] == {**limited["queue"], "limit": None}


async def test_only_admins_may(api: Api) -> None:
    payload = await _set(api, caller="alice", limit=5)

    assert payload["queue"] is None
    assert payload["errors"][0]["requiredScope"] == "ADMIN"


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"limitPerKey": -1}, "limitPerKey"),
    ],
    ids=str,
)
async def test_what_no_queue_can_be_is_refused(
    api: Api, input: dict[str, Any], path: str
) -> None:
    payload = await _set(api, **input)

    [error] = payload["errors"]
    assert (error["code"], error["path"]) == ("VALIDATION", ["input", path])


async def test_queues_are_those_that_are_set_and_for_admins_those_of_ready_jobs(
    api: Api, make_job: MakeJob
) -> None:
    await _set(api, limit=5)
    await make_job(queue="waiting")
    await make_job(queue="over", status="SUCCEEDED")
    await make_job(executor="trigger", queue="theirs")

    found = (await api.data(QUEUES, caller="admin"))["queues"]
    seen = (await api.data(QUEUES))["queues"]

    assert [one["name"] for one in found] == ["default", "mail", "waiting"]
    assert found[1]["limit"] == 5
    # A name that somebody gave their own jobs is nobody else's to know.
    assert seen == found[:2]
