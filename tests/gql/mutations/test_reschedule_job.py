"""`rescheduleJob`: another time, and refusals that say why."""

from typing import Any

from tests.gql.client import Api
from tests.gql.types import MakeJob

MOVE = """mutation ($input: RescheduleJobInput!) { rescheduleJob(input: $input) {
  job { status runAt version }
  errors {
    __typename code path
    ... on InvalidStateError { currentStatus allowed }
    ... on VersionConflictError { currentVersion }
  }
} }"""
LATER = {"at": "2026-02-01T12:00:00Z"}


async def _move(api: Api, job: Any, **input: Any) -> Any:
    asked = {"id": str(job.id), "when": LATER, **input}
    return (await api.data(MOVE, input=asked))["rescheduleJob"]


async def test_a_job_that_has_not_started_is_moved(api: Api, make_job: MakeJob) -> None:
    job = await make_job()

    payload = await _move(api, job)

    assert payload == {
        "job": {
            "status": "SCHEDULED",
            "runAt": "2026-02-01T12:00:00.000Z",
            "version": 2,
        },
        "errors": [],
    }


async def test_one_that_runs_is_refused_with_its_status(
    api: Api, make_job: MakeJob
) -> None:
    payload = await _move(api, await make_job(status="RUNNING"))

    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "__typename": "InvalidStateError",
            "code": "INVALID_STATE",
            "path": ["input", "id"],
            "currentStatus": "RUNNING",
            "allowed": ["SCHEDULED", "QUEUED"],
        }
    ]


async def test_another_version_is_a_conflict(api: Api, make_job: MakeJob) -> None:
    job = await make_job()
    await _move(api, job, ifVersion=1)

    payload = await _move(api, job, ifVersion=1)

    assert payload["errors"] == [
        {
            "__typename": "VersionConflictError",
            "code": "VERSION_CONFLICT",
            "path": ["input", "ifVersion"],
            "currentVersion": 2,
        }
    ]


async def test_exactly_one_time_is_given(api: Api, make_job: MakeJob) -> None:
    job = await make_job()

    answer = await api(
        MOVE, input={"id": str(job.id), "when": {"delay": "PT1S", **LATER}}
    )

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
