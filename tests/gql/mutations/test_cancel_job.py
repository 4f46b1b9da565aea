"""`cancelJob`: what is settled, what stays a wish, what is refused."""

import asyncio
from datetime import datetime, timedelta
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
  job { status version asOf cancellation {
    outcome reason requestedBy mode requestedAt graceUntil } }
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
    cancellation = payload["job"]["cancellation"]
    del cancellation["requestedAt"]
    assert cancellation == {
        "outcome": "NEVER_STARTED",
        "reason": "enough",
        "requestedBy": "user-1",
        "mode": "GRACEFUL",
        "graceUntil": None,
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


def _grace(cancellation: Any) -> timedelta:
    return datetime.fromisoformat(cancellation["graceUntil"]) - datetime.fromisoformat(
        cancellation["requestedAt"]
    )


@pytest.mark.parametrize(
    ("given", "mode", "grace"),
    [
        ({}, "GRACEFUL", 60),
        ({"gracePeriod": None}, "GRACEFUL", 60),
        ({"mode": "FORCE"}, "FORCE", 60),
        ({"mode": "FORCE", "gracePeriod": "PT0S"}, "FORCE", 0),
        ({"gracePeriod": "P1D"}, "GRACEFUL", 86_400),
    ],
)
async def test_a_cancel_has_a_mode_and_a_grace(
    api: Api, make_job: MakeJob, given: dict[str, Any], mode: str, grace: int
) -> None:
    job = await make_job(status="RUNNING")

    payload = await _cancel(api, str(job.id), **given)

    cancellation = payload["job"]["cancellation"]
    assert cancellation["mode"] == mode
    assert _grace(cancellation) == timedelta(seconds=grace)


async def test_force_escalates_and_graceful_does_not_take_it_back(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    first = await _cancel(api, str(job.id))

    forced = await _cancel(api, str(job.id), mode="FORCE", gracePeriod="PT1S")
    again = await _cancel(api, str(job.id))

    assert forced["job"]["cancellation"]["mode"] == "FORCE"
    assert _grace(forced["job"]["cancellation"]) == timedelta(seconds=1)
    assert again["job"] == forced["job"] | {"asOf": again["job"]["asOf"]}
    assert forced["job"]["version"] == first["job"]["version"] + 1


async def test_a_grace_above_a_day_is_refused(api: Api, make_job: MakeJob) -> None:
    job = await make_job(status="RUNNING")

    payload = await _cancel(api, str(job.id), gracePeriod="P1DT1S")

    assert payload["errors"][0]["path"] == ["input", "gracePeriod"]
    assert payload["errors"][0]["code"] == "VALIDATION"


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
