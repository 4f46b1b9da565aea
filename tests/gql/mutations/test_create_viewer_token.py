"""`createViewerToken`: for whom a token is made, for how long, and what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.host import Host
from tests.gql.types import MakeJob

#: No job's.
ABSENT = UUID("018f0000-0000-7000-8000-000000000000")
CREATE = """mutation ($input: CreateViewerTokenInput!) {
  createViewerToken(input: $input) {
    token expiresAt
    errors { __typename message code path ... on NotFoundError { id } }
  }
}"""


@pytest.fixture
def signed(host: Host, engine: Engine) -> list[tuple[Viewer, datetime]]:
    """For whom tokens were signed, and when."""
    signed: list[tuple[Viewer, datetime]] = []

    def sign(viewer: Viewer, now: datetime) -> str:
        signed.append((viewer, now))
        return f"token {len(signed)}"

    host.engine = replace(engine, sign_viewer=sign)
    return signed


async def _create(api: Api, *, caller: str = "admin", **input: Any) -> Any:
    given = {"ttl": "PT15M", **input}
    answer = await api.data(CREATE, caller=caller, input=given)
    return answer["createViewerToken"]


async def _refused(api: Api, *, caller: str = "admin", **input: Any) -> Any:
    payload = await _create(api, caller=caller, **input)
    assert (payload["token"], payload["expiresAt"]) == (None, None)
    [error] = payload["errors"]
    return error


async def test_it_is_made_for_a_user_who_may_read(
    api: Api, signed: list[tuple[Viewer, datetime]], clock: FakeClock
) -> None:
    whole = clock.now().replace(microsecond=0)
    clock.advance(whole + timedelta(milliseconds=1001) - clock.now())

    payload = await _create(api, userId="ann", jobId=None)

    end = whole + timedelta(minutes=15, seconds=2)
    assert payload == {
        "token": "token 1",
        "expiresAt": end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "errors": [],
    }
    viewer = Viewer("ann", frozenset({Scope.JOBS_READ}), end)
    assert signed == [(viewer, clock.now())]


@pytest.mark.parametrize("write", [job_id_text, str])
async def test_it_is_made_for_one_job_of_its_user(
    api: Api, signed: list[tuple[Viewer, datetime]], make_job: MakeJob, write: Any
) -> None:
    job = await make_job(user_id="user-2")

    payload = await _create(api, jobId=write(job.id))

    assert payload["errors"] == []
    [(viewer, _)] = signed
    assert (viewer.user_id, viewer.job_id) == ("user-2", job.id)
    assert viewer.scopes == {Scope.JOBS_READ}


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("input", "path", "said"),
    [
        ({}, ["input"], "neither was"),
        ({"userId": None, "jobId": None}, ["input"], "neither was"),
        ({"userId": "ann", "jobId": str(ABSENT)}, ["input"], "both were"),
        ({"userId": ""}, ["input", "userId"], "1 to 255"),
        ({"userId": "u" * 256}, ["input", "userId"], "1 to 255"),
        ({"userId": "ann", "ttl": "PT0S"}, ["input", "ttl"], "at most P1D"),
        ({"userId": "ann", "ttl": "P1DT0.001S"}, ["input", "ttl"], "at most P1D"),
    ],
)
async def test_what_no_token_can_be_for_is_refused(
    api: Api, input: dict[str, Any], path: list[str], said: str
) -> None:
    error = await _refused(api, **input)

    assert (error["code"], error["path"]) == ("VALIDATION", path)
    assert said in error["message"]


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("ttl", ["PT0.001S", "P1D"])
async def test_the_shortest_and_the_longest_time_are_taken(api: Api, ttl: str) -> None:
    assert (await _create(api, userId="u" * 255, ttl=ttl))["token"] == "token 1"


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("id", [job_id_text(ABSENT), str(ABSENT), "job_1", "x"])
async def test_a_job_that_is_not_there_is_not_found(api: Api, id: str) -> None:
    error = await _refused(api, jobId=id)

    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "jobId"])


@pytest.mark.usefixtures("signed")
async def test_only_admins_make_one(api: Api) -> None:
    assert (await _refused(api, caller="alice", userId="user-1"))["code"] == "FORBIDDEN"


async def test_without_a_secret_it_is_said_what_to_set(api: Api) -> None:
    error = await _refused(api, userId="ann")

    assert error["__typename"] == "NotConfiguredError"
    assert error["code"] == "NOT_CONFIGURED"
    assert "Set it to at least 32 bytes" in error["message"]
    assert "JOBWIRE_AUTH_SECRET" in error["message"]
