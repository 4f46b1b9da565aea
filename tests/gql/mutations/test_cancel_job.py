"""`cancelJob`: what is settled, what stays a wish, what is refused."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import PATIENCE, Api
from tests.gql.types import MakeJob

CANCEL = """mutation ($input: CancelJobInput!) { cancelJob(input: $input) {
  alreadySettled
  job { status version asOf cancellation { outcome reason requestedBy } }
  errors { __typename code path ... on NotFoundError { id } }
} }"""


async def _cancel(api: Api, id: str, *, caller: str = "alice", **input: object) -> Any:
    answer = await api.data(CANCEL, input={"id": id, **input}, caller=caller)
    return answer["cancelJob"]


async def test_a_queued_job_is_canceled_at_once(api: Api, make_job: MakeJob) -> None:
    job = await make_job()

    payload = await _cancel(api, job_id_text(job.id), reason="enough")

    assert payload["alreadySettled"] is False
    assert payload["errors"] == []
    assert payload["job"]["status"] == "CANCELED"
    assert payload["job"]["cancellation"] == {
        "outcome": "NEVER_STARTED",
        "reason": "enough",
        "requestedBy": "user-1",
    }


async def test_a_running_job_is_asked_to_stop(
    api: Api, make_job: MakeJob, engine: Engine
) -> None:
    rung: asyncio.Queue[frozenset[Topic]] = asyncio.Queue()
    remove = engine.doorbell.listen(rung.put_nowait)
    job = await make_job(status="RUNNING")

    payload = await _cancel(api, str(job.id))

    assert payload["job"]["status"] == "RUNNING"
    assert payload["job"]["cancellation"]["outcome"] == "PENDING"
    async with asyncio.timeout(PATIENCE):
        assert {Topic.CANCEL, Topic.CHANGE} <= await rung.get()
    remove()


async def test_a_job_that_has_ended_stays_as_it_is(api: Api, make_job: MakeJob) -> None:
    job = await make_job(status="SUCCEEDED")

    payload = await _cancel(api, job_id_text(job.id))

    assert payload["alreadySettled"] is True
    assert payload["job"]["status"] == "SUCCEEDED"
    assert payload["job"]["version"] == 1
    assert payload["job"]["cancellation"] is None


async def test_the_job_of_another_user_is_not_found(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job()
    id = job_id_text(job.id)

    for caller, asked in (("bob", id), ("alice", job_id_text(uuid4()))):
        payload = await _cancel(api, asked, caller=caller)
        assert payload["job"] is None
        assert payload["errors"] == [
            {
                "__typename": "NotFoundError",
                "code": "NOT_FOUND",
                "path": ["input", "id"],
                "id": asked,
            }
        ]


@pytest.mark.parametrize("id", ["", "job_", "nothing", "evt_1"])
async def test_what_is_no_id_is_not_found(api: Api, id: str) -> None:
    payload = await _cancel(api, id)

    assert payload["errors"][0]["__typename"] == "NotFoundError"


async def test_a_reason_may_have_a_thousand_characters(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job()

    refused = await _cancel(api, job_id_text(job.id), reason="x" * 1001)
    accepted = await _cancel(api, job_id_text(job.id), reason="x" * 1000)

    assert refused["errors"][0]["path"] == ["input", "reason"]
    assert accepted["errors"] == []


async def test_a_missing_scope_is_data(api: Api, make_job: MakeJob) -> None:
    job = await make_job()

    payload = await _cancel(api, job_id_text(job.id), caller="reader")

    assert payload["errors"][0]["__typename"] == "ForbiddenError"
    assert payload["job"] is None
