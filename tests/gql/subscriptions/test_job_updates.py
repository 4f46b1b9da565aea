"""`jobUpdates`: everything about one job, resumable."""

from datetime import timedelta

from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenSocket

WATCH = """subscription ($id: ID!, $after: EventCursor, $snapshot: Boolean) {
  jobUpdates(id: $id, after: $after, snapshot: $snapshot) {
    __typename
    ... on JobSnapshot { cursor job { status version asOf } }
    ... on JobChange {
      cursor leftFilter
      event { kind jobVersion toStatus changes }
      job { status version asOf failure { stack } progress { fraction }
            events(last: 1) { nodes { jobVersion } } }
    }
    ... on StreamCaughtUp { cursor }
    ... on StreamReset { cursor reason }
    ... on StreamClosing { cursor reconnectAfter reason }
  }
}"""
FIELD = "jobUpdates"


async def test_a_stream_begins_with_the_job_and_ends_behind_its_last_event(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        snapshot, caught_up = await socket.until("StreamCaughtUp", FIELD)

        claimed = await steps.start()
        await steps.report(claimed)
        await steps.succeed(claimed)

        changes = [await socket.next(FIELD) for _ in range(3)]
        await socket.completed()
    assert snapshot["__typename"] == "JobSnapshot"
    assert snapshot["job"]["status"] == "QUEUED"
    assert snapshot["job"]["asOf"] == snapshot["cursor"]
    assert caught_up["cursor"]
    assert [change["event"]["kind"] for change in changes] == [
        "STARTED",
        "PROGRESS",
        "SUCCEEDED",
    ]
    assert [change["event"]["jobVersion"] for change in changes] == [2, 3, 4]
    for change in changes:
        assert change["leftFilter"] is False
        assert change["job"]["version"] >= change["event"]["jobVersion"]
        assert change["job"]["asOf"] == change["cursor"]


async def test_a_stream_resumes_behind_its_last_cursor(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    id = job_id_text(job.id)
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=id)
        await socket.until("StreamCaughtUp", FIELD)
        claimed = await steps.start()
        started = await socket.next(FIELD)
    await steps.report(claimed)

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=id, after=started["cursor"], snapshot=False)
        missed = await socket.until("StreamCaughtUp", FIELD)
        await steps.succeed(claimed)
        live = await socket.next(FIELD)
        await socket.completed()

    kinds = [message["event"]["kind"] for message in (*missed[:-1], live)]
    assert kinds == ["PROGRESS", "SUCCEEDED"]


async def test_a_read_tells_from_where_to_watch(
    api: Api, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    id = job_id_text(job.id)
    found = await api.data("query ($id: ID!) { job(id: $id) { asOf } }", id=id)
    await steps.start()

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=id, after=found["job"]["asOf"], snapshot=False)
        [change, _] = await socket.until("StreamCaughtUp", FIELD)

    assert change["event"]["kind"] == "STARTED"


async def test_a_null_snapshot_is_the_default(
    open_socket: OpenSocket, make_job: MakeJob
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id), snapshot=None)

        assert (await socket.next(FIELD))["__typename"] == "JobSnapshot"


async def test_the_stack_of_a_failure_is_for_admins_only(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    ends = {}
    async with open_socket() as user, open_socket() as admin:
        for name, socket in (("alice", user), ("admin", admin)):
            await socket.initialise(name)
            await socket.subscribe(WATCH, id=job_id_text(job.id))
            await socket.until("StreamCaughtUp", FIELD)
        await steps.fail(await steps.start())
        for name, socket in (("alice", user), ("admin", admin)):
            await socket.next(FIELD)
            ends[name] = await socket.next(FIELD)

    assert ends["alice"]["job"]["failure"]["stack"] is None
    assert "stack" not in ends["alice"]["event"]["changes"]["result"]["error"]
    assert ends["admin"]["job"]["failure"]["stack"] == "line 1"
    assert ends["admin"]["event"]["changes"]["result"]["error"]["stack"] == "line 1"


async def test_nested_reads_are_fresh_for_each_message(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        await socket.until("StreamCaughtUp", FIELD)

        claimed = await steps.start()
        first = await socket.next(FIELD)
        await steps.succeed(claimed)
        second = await socket.next(FIELD)

    versions = [
        change["job"]["events"]["nodes"][0]["jobVersion"] for change in (first, second)
    ]
    assert versions == [2, 3]


async def test_a_cursor_that_this_server_did_not_give_is_refused(
    open_socket: OpenSocket, make_job: MakeJob
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id), after="made-up")
        assert await socket.refused() == "INVALID_CURSOR"

        await socket.subscribe(WATCH, id=job_id_text(job.id), after="not a cursor")
        assert await socket.refused() == "BAD_USER_INPUT"


async def test_the_job_of_another_user_is_not_found(
    open_socket: OpenSocket, make_job: MakeJob
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise("bob")
        await socket.subscribe(WATCH, id=job_id_text(job.id))

        assert await socket.refused() == "NOT_FOUND"


async def test_a_drain_is_said_before_the_stream_completes(
    open_socket: OpenSocket, make_job: MakeJob, engine: Engine
) -> None:
    job = await make_job()
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        await socket.until("StreamCaughtUp", FIELD)

        engine.feed.begin_closing("deploy", timedelta(milliseconds=1500))

        closing = await socket.next(FIELD)
        await socket.completed()
    assert closing["__typename"] == "StreamClosing"
    assert closing["reconnectAfter"] == "PT1.5S"
    assert closing["reason"] == "deploy"
