"""`jobListUpdates`: a list that stays right."""

from datetime import timedelta

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.vocabulary import OverlapPolicy
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenEvents, OpenSocket
from tests.jobs.cron.conftest import Crons

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


OF_SCHEDULES = """subscription ($filter: JobFilter, $snapshot: Boolean) {
  jobListUpdates(filter: $filter, snapshot: $snapshot) {
    __typename
    ... on JobSnapshot { job { tag tickAt schedule { tag } } }
    ... on JobChange {
      leftFilter event { kind } job { tag tickAt schedule { tag } }
    }
  }
}"""


async def test_jobs_are_chosen_by_their_schedules(
    engine: Engine, open_socket: OpenSocket, make_job: MakeJob, crons: Crons
) -> None:
    watched = await crons.schedule(
        "*/10 * * * *", tag="watched", overlap_policy=OverlapPolicy.CANCEL_RUNNING
    )
    await crons.schedule("*/5 * * * *", tag="other")
    await crons.pass_time(timedelta(minutes=10))
    common = {"tag": "watched", "schedule": {"tag": "watched"}}
    first = {**common, "tickAt": "2026-01-15T12:10:00.000Z"}
    second = {**common, "tickAt": "2026-01-15T12:20:00.000Z"}
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(
            OF_SCHEDULES,
            filter={"scheduleIds": [watched.public_id]},
            snapshot=True,
        )
        *snapshot, _ = await socket.until("StreamCaughtUp", FIELD)

        await make_job(tag="of no schedule")
        await crons.pass_time(timedelta(minutes=10))
        engine.doorbell.ring(Topic.CHANGE)
        told = [await socket.next(FIELD) for _ in range(2)]

    assert snapshot == [{"__typename": "JobSnapshot", "job": first}]
    assert sorted((one["event"]["kind"], one["leftFilter"]) for one in told) == [
        ("CANCELED", False),
        ("CREATED", False),
    ]
    assert [one["job"] for one in told] == [first, second]


async def test_the_jobs_of_a_schedule_leave_the_list_by_their_status_alone(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps, crons: Crons
) -> None:
    schedule = await crons.schedule()
    await make_job(tag="of a schedule", schedule_id=schedule.id)
    filter = {"scheduleIds": [schedule.public_id], "statuses": ["QUEUED"]}
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(OF_SCHEDULES, filter=filter)
        await socket.until("StreamCaughtUp", FIELD)

        await crons.delete(schedule)
        await steps.start()

        left = await socket.next(FIELD)

    assert left["leftFilter"] is True
    assert left["job"] == {"tag": "of a schedule", "tickAt": None, "schedule": None}


async def test_the_jobs_of_the_schedules_of_others_are_not_told(
    open_socket: OpenSocket, make_job: MakeJob, steps: Steps, crons: Crons
) -> None:
    schedule = await crons.schedule()
    await make_job(tag="theirs", schedule_id=schedule.id, type="flaky")
    await make_job(tag="mine", schedule_id=schedule.id, user_id="user-2")
    async with open_socket() as socket:
        await socket.initialise("bob")
        await socket.subscribe(
            OF_SCHEDULES, filter={"scheduleIds": [schedule.public_id]}
        )
        await socket.until("StreamCaughtUp", FIELD)

        await steps.start("flaky")
        await steps.start("no-op")

        assert (await socket.next(FIELD))["job"] == {
            "tag": "mine",
            "tickAt": None,
            "schedule": None,
        }


async def test_each_message_may_hold_as_much_json_as_an_answer(
    api: Api, open_events: OpenEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobwire.gql.context.MAX_JSON", 60)
    query = """subscription { jobListUpdates { __typename
      ... on JobChange { job { tag one: metadata two: metadata } } } }"""
    async with open_events(query) as stream:
        await stream.until("StreamCaughtUp", FIELD)
        for tag, length in (("much", 40), ("first", 10), ("second", 10)):
            job = {"type": "no-op", "tag": tag, "metadata": {"x": "x" * length}}
            await api.data(SCHEDULE, input=job)

        much = await stream.event()
        others = [(await stream.next(FIELD))["job"]["tag"] for _ in range(2)]

    assert much is not None
    [error] = much.result["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["path"] == [FIELD, "job", "two"]
    assert others == ["first", "second"]
