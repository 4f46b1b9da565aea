"""`deleteJob`: the job is gone, by every door."""

from typing import Any

import pytest

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.doors import DOORS
from tests.gql.knock import Settle
from tests.gql.types import MakeJob, OpenSocket

DELETE = """mutation ($input: DeleteJobInput!) { deleteJob(input: $input) {
  deletedId
  errors {
    __typename message code path
    ... on InvalidStateError { currentStatus allowed }
  }
} }"""
UPDATES = """subscription { jobListUpdates {
  __typename
  ... on JobChange {
    leftFilter
    event { kind changes detail }
    job {
      id status tag data result isRetryable failure { kind message }
      events { nodes { id } } attempts { nodes { id } }
    }
  }
} }"""
FIELD = "jobListUpdates"


async def _delete(api: Api, id: str, *, caller: str = "alice") -> Any:
    found = await api.data(DELETE, input={"id": id}, caller=caller)
    return found["deleteJob"]


@pytest.mark.parametrize("caller", ["alice", "admin"])
async def test_a_job_that_has_ended_is_deleted_by_its_owner_or_an_admin(
    api: Api, make_job: MakeJob, caller: str
) -> None:
    id = job_id_text((await make_job(status="FAILED")).id)

    assert await _delete(api, id, caller=caller) == {"deletedId": id, "errors": []}

    [again] = (await _delete(api, id))["errors"]
    assert again["code"] == "NOT_FOUND"


async def test_a_deleted_job_is_told_from_none_by_no_door(
    api: Api, settle: Settle, subtests: pytest.Subtests
) -> None:
    of_jobs = {"job", "uuid", "attempt", "event", "tag", "key"}
    world, knock = await settle("user-2", status="FAILED")
    await _delete(api, world.names["job"][0], caller="bob")

    for coordinate, door in DOORS.items():
        for thing in of_jobs.intersection(door.things):
            deleted, absent = world.names[thing]
            for caller in ("admin", "bob"):
                with subtests.test(coordinate, thing=thing, caller=caller):
                    found, nothing = await knock.both(door, deleted, absent, caller)

                    assert found == nothing


async def test_a_job_that_retries_it_stays_and_shows_none(
    api: Api, make_job: MakeJob
) -> None:
    old = await make_job(status="FAILED")
    new = await make_job(replay_of=old.id)
    query = "query ($id: ID!) { job(id: $id) { version replayOf { id } } }"
    before = await api.data(query, id=job_id_text(new.id))

    await _delete(api, job_id_text(old.id))

    after = await api.data(query, id=job_id_text(new.id))
    assert before["job"]["replayOf"] == {"id": job_id_text(old.id)}
    assert after == {"job": {"version": before["job"]["version"], "replayOf": None}}


async def test_an_open_job_is_refused_with_what_to_do(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")

    payload = await _delete(api, job_id_text(job.id))

    assert payload["deletedId"] is None
    assert payload["errors"] == [
        {
            "__typename": "InvalidStateError",
            "message": "A job that is RUNNING cannot be deleted; it must be SUCCEEDED"
            " or FAILED or CANCELED or EXPIRED. Cancel it first.",
            "code": "INVALID_STATE",
            "path": ["input", "id"],
            "currentStatus": "RUNNING",
            "allowed": ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
        }
    ]


@pytest.mark.parametrize(
    ("caller", "code"), [("bob", "NOT_FOUND"), ("reader", "FORBIDDEN")]
)
async def test_others_are_refused(
    api: Api, make_job: MakeJob, caller: str, code: str
) -> None:
    job = await make_job(status="FAILED")

    [error] = (await _delete(api, job_id_text(job.id), caller=caller))["errors"]

    assert error["code"] == code


async def test_what_is_no_id_is_not_found(api: Api) -> None:
    assert (await _delete(api, "nothing"))["errors"][0]["code"] == "NOT_FOUND"


async def test_a_watched_list_hears_of_it_and_is_shown_what_is_left(
    api: Api, make_job: MakeJob, open_socket: OpenSocket
) -> None:
    job = await make_job(
        status="FAILED", tag="anna", data={"to": "anna"}, failure_kind="TIMEOUT"
    )
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(UPDATES)
        await socket.until("StreamCaughtUp", FIELD)

        await _delete(api, job_id_text(job.id))

        assert await socket.next(FIELD) == {
            "__typename": "JobChange",
            "leftFilter": True,
            "event": {"kind": "DELETED", "changes": {}, "detail": None},
            "job": {
                "id": job_id_text(job.id),
                "status": "FAILED",
                "tag": "deleted",
                "data": {},
                "result": None,
                "isRetryable": False,
                "failure": {"kind": "TIMEOUT", "message": ""},
                "events": {"nodes": []},
                "attempts": {"nodes": []},
            },
        }
