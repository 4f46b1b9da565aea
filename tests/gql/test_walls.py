"""Walls: what is not the caller's does not exist, in any door."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.types import MakeJob

QUERIES: dict[str, tuple[str, Callable[[UUID], object]]] = {
    "job": ("query ($id: ID!) { found: job(id: $id) { id } }", job_id_text),
    "job by uuid": ("query ($id: ID!) { found: job(id: $id) { id } }", str),
    "node": ("query ($id: ID!) { found: node(id: $id) { id } }", job_id_text),
    "attempt": (
        "query ($id: ID!) { found: node(id: $id) { id } }",
        lambda job_id: str(GlobalId(Kind.ATTEMPT, job_id, 1)),
    ),
    "event": (
        "query ($id: ID!) { found: node(id: $id) { id } }",
        lambda job_id: str(GlobalId(Kind.EVENT, job_id, 1)),
    ),
    "nodes": ("query ($id: ID!) { found: nodes(ids: [$id]) { id } }", job_id_text),
    "jobs by id": (
        "query ($id: ID!) { found: jobs(filter: {ids: [$id]}) { nodes { id } } }",
        job_id_text,
    ),
    "logs": (
        "query ($id: ID!) { found: job(id: $id) { logs { nodes { at } } } }",
        job_id_text,
    ),
    "count": (
        """query ($id: ID!) {
          found: jobs(filter: {ids: [$id]}) { totalCount { value } }
        }""",
        job_id_text,
    ),
    "cancel": (
        """mutation ($id: ID!) {
          found: cancelJob(input: {id: $id}) { job { id } errors { code } }
        }""",
        job_id_text,
    ),
    "cancel in bulk": (
        """mutation ($id: ID!) {
          found: cancelJobs(input: {select: {ids: [$id]}}) { matchedCount }
        }""",
        job_id_text,
    ),
    "retry in bulk": (
        """mutation ($id: ID!) {
          found: retryJobs(input: {select: {filter: {ids: [$id]}}}) { matchedCount }
        }""",
        job_id_text,
    ),
    "retry": (
        """mutation ($id: ID!) {
          found: retryJob(input: {id: $id}) { job { id } errors { code } }
        }""",
        job_id_text,
    ),
    "delete": (
        """mutation ($id: ID!) {
          found: deleteJob(input: {id: $id}) { deletedId errors { code } }
        }""",
        job_id_text,
    ),
}


@pytest.mark.parametrize("door", QUERIES)
async def test_the_job_of_another_user_looks_like_none(
    api: Api, make_job: MakeJob, door: str
) -> None:
    theirs = await make_job(status="RUNNING", user_id="user-2")
    query, write = QUERIES[door]

    hidden = await api.data(query, id=write(theirs.id))
    absent = await api.data(query, id=write(uuid4()))

    assert hidden == absent


@pytest.mark.parametrize("door", QUERIES)
async def test_an_admin_passes_every_wall(
    api: Api, make_job: MakeJob, door: str
) -> None:
    theirs = await make_job(status="RUNNING", user_id="user-2")
    query, write = QUERIES[door]

    seen = await api.data(query, id=write(theirs.id), caller="admin")
    absent = await api.data(query, id=write(uuid4()), caller="admin")

    assert seen != absent


async def test_a_replay_of_a_hidden_job_shows_none(api: Api, make_job: MakeJob) -> None:
    theirs = await make_job(status="FAILED", user_id="user-2")
    mine = await make_job(replay_of=theirs.id)

    found = await api.data(
        "query ($id: ID!) { job(id: $id) { replayOf { id } } }",
        id=job_id_text(mine.id),
    )

    assert found == {"job": {"replayOf": None}}
