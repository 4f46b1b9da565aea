"""`jobStatusChanged`: the simple one."""

from uuid import uuid4

import pytest

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenSocket

WATCH = """subscription ($id: ID!) {
  jobStatusChanged(id: $id) { id status version isTerminal asOf }
}"""
FIELD = "jobStatusChanged"


async def test_the_job_comes_as_it_stands_then_at_each_change_and_ends_with_it(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        seen = [await socket.next(FIELD)]

        claimed = await steps.start()
        seen.append(await socket.next(FIELD))
        await steps.report(claimed)
        await steps.succeed(claimed)
        seen.append(await socket.next(FIELD))

        await socket.completed()
    assert [job["status"] for job in seen] == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert [job["version"] for job in seen] == [1, 2, 4]
    assert [job["isTerminal"] for job in seen] == [False, False, True]
    assert len({job["asOf"] for job in seen}) == 3


async def test_a_job_that_has_ended_comes_once(
    open_socket: OpenSocket, make_job: MakeJob
) -> None:
    job = await make_job(status="FAILED")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))

        assert (await socket.next(FIELD))["status"] == "FAILED"
        await socket.completed()


async def test_what_was_scheduled_over_http_is_seen_to_move(
    api: Api, open_socket: OpenSocket
) -> None:
    found = await api.data(
        """mutation { scheduleJob(input: {type: "no-op", tag: "t"}) { job { id } } }"""
    )
    id = found["scheduleJob"]["job"]["id"]
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=id)
        assert (await socket.next(FIELD))["status"] == "QUEUED"

        await api.data(
            "mutation ($id: ID!) { cancelJob(input: {id: $id}) { job { id } } }", id=id
        )

        assert (await socket.next(FIELD))["status"] == "CANCELED"
        await socket.completed()


@pytest.mark.parametrize("whose", ["another user's", "nobody's", "nothing"])
async def test_a_job_that_is_not_the_callers_is_not_found(
    open_socket: OpenSocket, make_job: MakeJob, whose: str
) -> None:
    job = await make_job(user_id="user-2")
    id = {
        "another user's": job_id_text(job.id),
        "nobody's": job_id_text(uuid4()),
        "nothing": "nothing",
    }[whose]
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=id)

        assert await socket.refused() == "NOT_FOUND"
