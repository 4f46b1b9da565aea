"""`jobListUpdates`: a list that stays right."""

from jobwire.jobs.identifiers import job_id_text
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenSocket

WATCH = """subscription (
  $filter: JobFilter, $after: EventCursor, $snapshot: Boolean
) {
  jobListUpdates(filter: $filter, after: $after, snapshot: $snapshot) {
    __typename
    ... on JobSnapshot { job { tag } }
    ... on JobChange { cursor leftFilter event { kind } job { tag status } }
    ... on StreamCaughtUp { cursor }
  }
}"""
FIELD = "jobListUpdates"
SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } errors { message } }
}"""


async def test_changes_of_the_callers_jobs_come_and_no_others(
    api: Api, open_socket: OpenSocket
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH)
        await socket.until("StreamCaughtUp", FIELD)

        for caller, tag in (("bob", "theirs"), ("alice", "mine")):
            await api.data(SCHEDULE, input={"type": "no-op", "tag": tag}, caller=caller)

        assert (await socket.next(FIELD))["job"]["tag"] == "mine"


async def test_an_admin_watches_the_jobs_of_all_users(
    api: Api, open_socket: OpenSocket
) -> None:
    async with open_socket() as socket:
        await socket.initialise("admin")
        await socket.subscribe(WATCH)
        await socket.until("StreamCaughtUp", FIELD)

        await api.data(SCHEDULE, input={"type": "no-op", "tag": "theirs"}, caller="bob")

        assert (await socket.next(FIELD))["job"]["tag"] == "theirs"


async def test_a_filter_on_another_user_is_refused(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, filter={"userIds": ["user-2"]})

        assert await socket.refused() == "FORBIDDEN"


async def test_a_job_that_leaves_the_filter_is_told_once(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    await make_job(tag="leaving")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, filter={"statuses": ["QUEUED"]})
        await socket.until("StreamCaughtUp", FIELD)

        claimed = await steps.start()
        await steps.succeed(claimed)
        await make_job(tag="entering")
        await steps.start()

        left = await socket.next(FIELD)
        assert left["leftFilter"] is True
        assert left["job"]["tag"] == "leaving"
        assert (await socket.next(FIELD))["job"]["tag"] == "entering"


async def test_the_snapshot_comes_first_when_it_is_asked_for(
    open_socket: OpenSocket, make_job: MakeJob, clock: FakeClock
) -> None:
    await make_job(tag="older")
    clock.advance(1)
    await make_job(tag="newer", status="RUNNING")
    await make_job(tag="other", status="FAILED")

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, snapshot=True, filter={"isTerminal": False})
        *snapshot, _ = await socket.until("StreamCaughtUp", FIELD)

    assert [message["__typename"] for message in snapshot] == ["JobSnapshot"] * 2
    assert {message["job"]["tag"] for message in snapshot} == {"older", "newer"}


async def test_a_page_tells_from_where_to_watch_it(
    api: Api, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    await make_job(tag="one")
    found = await api.data("{ jobs { asOf } }")
    claimed = await steps.start()
    await steps.succeed(claimed)

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, after=found["jobs"]["asOf"])
        *missed, _ = await socket.until("StreamCaughtUp", FIELD)

    assert [change["event"]["kind"] for change in missed] == ["STARTED", "SUCCEEDED"]


async def test_jobs_are_chosen_by_their_ids(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    watched = await make_job(tag="watched", type="flaky")
    await make_job(tag="other")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, filter={"ids": [job_id_text(watched.id)]})
        await socket.until("StreamCaughtUp", FIELD)

        await steps.start("no-op")
        await steps.start("flaky")

        assert (await socket.next(FIELD))["job"]["tag"] == "watched"
