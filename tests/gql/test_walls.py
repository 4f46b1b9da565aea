"""Walls: what is not the caller's does not exist, in any door."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.gql.client import Api
from tests.gql.job_schedules import CHANGES
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import REGISTRY, Crons

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

#: The doors to a job schedule, of whose id each takes one.
SCHEDULES = {
    "node": "query ($id: ID!) { found: node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { found: nodes(ids: [$id]) { id } }",
    "jobs": """query ($id: ID!) {
      found: jobs(filter: {scheduleIds: [$id]}) { nodes { tag } }
    }""",
    "count": """query ($id: ID!) {
      found: jobs(filter: {scheduleIds: [$id]}) { totalCount { value } }
    }""",
    **{
        name: f"""mutation ($id: ID!) {{
          found: {name}(input: {{id: $id}}) {{ __typename errors {{ code }} }}
        }}"""
        for name in CHANGES
    },
}
OTHER = Viewer("user-2", frozenset({Scope.SCHEDULES_WRITE}))


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


@pytest.mark.parametrize("door", SCHEDULES)
async def test_the_schedule_of_another_user_looks_like_none(
    api: Api, crons: Crons, make_job: MakeJob, door: str
) -> None:
    theirs = await crons.schedule(viewer=OTHER)
    await make_job(schedule_id=theirs.id, user_id="user-2")

    hidden = await api.data(SCHEDULES[door], id=theirs.public_id, caller="planner")
    absent = await api.data(
        SCHEDULES[door], id=schedule_id_text(uuid4()), caller="planner"
    )

    assert hidden == absent


@pytest.mark.parametrize("door", SCHEDULES)
async def test_an_admin_passes_the_walls_of_schedules(
    api: Api, engine: Engine, crons: Crons, make_job: MakeJob, door: str
) -> None:
    engine.registry.replace(REGISTRY.definitions())
    theirs = await crons.schedule(viewer=OTHER)
    await make_job(schedule_id=theirs.id, user_id="user-2")

    seen = await api.data(SCHEDULES[door], id=theirs.public_id, caller="admin")
    absent = await api.data(
        SCHEDULES[door], id=schedule_id_text(uuid4()), caller="admin"
    )

    assert seen != absent


async def test_a_job_of_a_hidden_schedule_shows_none(
    api: Api, crons: Crons, make_job: MakeJob
) -> None:
    theirs = await crons.schedule(viewer=OTHER)
    mine = await make_job(schedule_id=theirs.id)
    query = "query ($id: ID!) { job(id: $id) { schedule { id } } }"

    hidden = await api.data(query, id=job_id_text(mine.id))
    seen = await api.data(query, id=job_id_text(mine.id), caller="admin")

    assert hidden == {"job": {"schedule": None}}
    assert seen == {"job": {"schedule": {"id": theirs.public_id}}}


async def test_a_schedule_shows_no_hidden_job(
    api: Api, crons: Crons, make_job: MakeJob
) -> None:
    mine = await crons.schedule()
    await make_job(schedule_id=mine.id, user_id="user-2")
    query = "{ jobSchedules { nodes { lastJob { tag } jobs { nodes { tag } } } } }"

    hidden = await api.data(query)
    seen = await api.data(query, caller="admin")

    assert hidden["jobSchedules"]["nodes"] == [{"lastJob": None, "jobs": {"nodes": []}}]
    assert seen["jobSchedules"]["nodes"][0]["lastJob"] == {"tag": "tag-1"}
