"""`retryJob`: a new job for one that has ended."""

from typing import Any

import pytest

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.types import MakeJob

RETRY = """mutation ($input: RetryJobInput!) { retryJob(input: $input) {
  job { id status tag data replayOf { id status } }
  errors {
    __typename code path
    ... on InvalidStateError { currentStatus allowed }
  }
} }"""


async def _retry(api: Api, id: str, *, caller: str = "alice") -> Any:
    return (await api.data(RETRY, input={"id": id}, caller=caller))["retryJob"]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"])
async def test_a_job_that_has_ended_is_run_again_as_a_new_job(
    api: Api, make_job: MakeJob, status: str
) -> None:
    job = await make_job(status=status, tag="again")

    payload = await _retry(api, job_id_text(job.id))

    assert payload["errors"] == []
    assert payload["job"]["id"] != job_id_text(job.id)
    assert payload["job"]["status"] == "QUEUED"
    assert payload["job"]["tag"] == "again"
    assert payload["job"]["replayOf"] == {"id": job_id_text(job.id), "status": status}


async def test_an_open_job_is_refused_with_the_statuses_that_allow_it(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")

    payload = await _retry(api, job_id_text(job.id))

    assert payload["job"] is None
    assert payload["errors"] == [
        {
            "__typename": "InvalidStateError",
            "code": "INVALID_STATE",
            "path": ["input", "id"],
            "currentStatus": "RUNNING",
            "allowed": ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
        }
    ]


async def test_the_job_of_another_user_is_not_found(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(status="FAILED")

    payload = await _retry(api, job_id_text(job.id), caller="bob")

    assert payload["errors"][0]["code"] == "NOT_FOUND"


async def test_what_is_no_id_is_not_found(api: Api) -> None:
    assert (await _retry(api, "nothing"))["errors"][0]["code"] == "NOT_FOUND"


async def test_a_missing_scope_is_data(api: Api, make_job: MakeJob) -> None:
    job = await make_job(status="FAILED")

    payload = await _retry(api, job_id_text(job.id), caller="reader")

    assert payload["errors"][0]["code"] == "FORBIDDEN"


async def test_several_mutations_run_one_after_another(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job()

    found = await api.data(
        """mutation ($id: ID!) {
          early: retryJob(input: {id: $id}) { errors { code } }
          cancel: cancelJob(input: {id: $id}) { errors { code } }
          late: retryJob(input: {id: $id}) { errors { code } }
        }""",
        id=job_id_text(job.id),
    )

    assert found == {
        "early": {"errors": [{"code": "INVALID_STATE"}]},
        "cancel": {"errors": []},
        "late": {"errors": []},
    }
