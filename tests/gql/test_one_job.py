"""A token of one job: it reads that job and its parts, and nothing else."""

from uuid import UUID

import pytest

from jobwire.jobs.bulk import BulkRequest, ask
from jobwire.jobs.bulk.selection import Selection
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import bulk_operation_id_text, job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.jobs.wall import Wall
from jobwire.models.vocabulary import BulkAction
from tests.gql.callers import CALLERS
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenSocket
from tests.jobs.cron.conftest import Crons


@pytest.fixture
async def job(make_job: MakeJob, crons: Crons, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of user-1 with an earlier job and a schedule; `bound` may read it."""
    earlier = await make_job(status="FAILED")
    schedule = await crons.schedule()
    job = await make_job(
        replay_of=earlier.id, schedule_id=schedule.id, tag="the one", priority=9
    )
    bound = Viewer("user-1", frozenset(Scope), job_id=job.id)
    monkeypatch.setitem(CALLERS, "bound", bound)
    return job


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (set(Scope), {Scope.JOBS_READ}),
        ({Scope.ADMIN}, {Scope.JOBS_READ}),
        ({Scope.JOBS_READ}, {Scope.JOBS_READ}),
        ({Scope.JOBS_WRITE, Scope.SCHEDULES_WRITE}, set()),
        (set(), set()),
    ],
)
def test_of_its_scopes_reading_is_left(given: set[Scope], left: set[Scope]) -> None:
    bound = Viewer("ann", frozenset(given), job_id=UUID(int=1))

    assert bound.scopes == left
    assert bound.wall == Wall("ann", UUID(int=1))
    assert not bound.is_admin


async def test_it_sees_its_job_and_no_other(
    api: Api, job: Job, make_job: MakeJob
) -> None:
    await make_job()
    query = """query ($id: ID!) {
      viewer { userId scopes jobId }
      job(id: $id) {
        tag schedule { id } replayOf { id }
        attempts { nodes { number } }
        events { nodes { kind changes } }
      }
      jobs { nodes { tag } totalCount { value } }
      jobSchedules { nodes { id } }
      jobTypes { name }
      queues { name }
    }"""

    seen = await api.data(query, caller="bound", id=job_id_text(job.id))
    whole = await api.data(query, id=job_id_text(job.id))

    [event] = seen["job"]["events"]["nodes"]
    [told] = whole["job"]["events"]["nodes"]
    assert seen["viewer"] == {
        "userId": "user-1",
        "scopes": ["JOBS_READ"],
        "jobId": job_id_text(job.id),
    }
    assert seen["job"]["tag"] == "the one"
    assert (seen["job"]["schedule"], seen["job"]["replayOf"]) == (None, None)
    assert set(told["changes"]) - set(event["changes"]) == {"schedule_id", "replay_of"}
    assert seen["jobs"] == {"nodes": [{"tag": "the one"}], "totalCount": {"value": 1}}
    assert seen["jobSchedules"] == {"nodes": []}
    assert seen["jobTypes"] == [{"name": "no-op"}]
    assert seen["queues"] == [{"name": "default"}]
    assert whole["jobs"]["totalCount"] == {"value": 3}
    assert len(whole["jobTypes"]) > 1


async def test_a_job_of_another_user_is_not_its_own_whatever_the_token_says(
    api: Api, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = await make_job(user_id="user-2")
    bound = Viewer("user-1", frozenset({Scope.ADMIN}), job_id=theirs.id)
    monkeypatch.setitem(CALLERS, "bound", bound)

    seen = await api.data(
        "{ jobs { nodes { tag } } jobTypes { name } }", caller="bound"
    )

    assert seen == {"jobs": {"nodes": []}, "jobTypes": []}


@pytest.mark.usefixtures("job")
async def test_it_counts_no_jobs(api: Api, open_socket: OpenSocket) -> None:
    assert await api.codes("{ jobCounts { total } }", caller="bound") == ["FORBIDDEN"]
    async with open_socket() as socket:
        await socket.initialise("bound")
        await socket.subscribe("subscription { jobCounts { total } }")

        assert await socket.refused() == "FORBIDDEN"


async def test_it_changes_nothing(api: Api, job: Job) -> None:
    cancel = """mutation ($id: ID!) {
      cancelJob(input: {id: $id}) { job { id } errors { code } }
    }"""

    payload = await api.data(cancel, caller="bound", id=job_id_text(job.id))

    assert payload["cancelJob"] == {"job": None, "errors": [{"code": "FORBIDDEN"}]}


@pytest.mark.usefixtures("job")
async def test_of_what_changes_it_is_told_its_job_alone(
    make_job: MakeJob, steps: Steps, open_socket: OpenSocket
) -> None:
    watch = """subscription {
      jobListUpdates {
        __typename ... on JobChange { job { tag } event { toStatus } }
      }
    }"""
    async with open_socket() as socket:
        await socket.initialise("bound")
        await socket.subscribe(watch)
        await socket.until("StreamCaughtUp", "jobListUpdates")
        await make_job(tag="another")
        await steps.start()

        told = await socket.next("jobListUpdates")

    assert told == {
        "__typename": "JobChange",
        "job": {"tag": "the one"},
        "event": {"toStatus": "RUNNING"},
    }


async def test_it_does_not_share_what_its_user_is_shown(
    job: Job, steps: Steps, open_socket: OpenSocket
) -> None:
    watch = """subscription ($id: ID!) {
      jobUpdates(id: $id) {
        __typename
        ... on JobChange { event { kind } job { replayOf { id } schedule { id } } }
      }
    }"""
    async with open_socket() as mine, open_socket() as bound:
        for socket, caller in ((mine, "alice"), (bound, "bound")):
            await socket.initialise(caller)
            await socket.subscribe(watch, id=job_id_text(job.id))
            await socket.until("StreamCaughtUp", "jobUpdates")
        await steps.start()
        seen = await mine.next("jobUpdates")
        hidden = await bound.next("jobUpdates")

    assert seen["event"] == hidden["event"] == {"kind": "STARTED"}
    assert None not in seen["job"].values()
    assert hidden["job"] == {"replayOf": None, "schedule": None}


async def test_what_was_asked_in_bulk_as_an_admin_is_for_admins_alone(
    api: Api, make_job: MakeJob, engine: Engine
) -> None:
    theirs = await make_job(user_id="user-2")
    ids = []
    for scope in (Scope.ADMIN, Scope.JOBS_WRITE):
        async with engine.database.transaction() as connection:
            asked = await ask(
                connection,
                BulkRequest(action=BulkAction.RETRY, selection=Selection((theirs.id,))),
                viewer=Viewer("user-1", frozenset({scope})),
                now=engine.clock.now(),
            )
        assert asked.operation is not None
        ids.append(bulk_operation_id_text(asked.operation.id))
    query = "query ($id: ID!) { bulkOperation(id: $id) { id } }"

    seen = [(await api.data(query, id=one))["bulkOperation"] for one in ids]
    by_admin = [
        (await api.data(query, id=one, caller="admin"))["bulkOperation"] for one in ids
    ]

    assert seen == [None, {"id": ids[1]}]
    assert by_admin == [{"id": one} for one in ids]
