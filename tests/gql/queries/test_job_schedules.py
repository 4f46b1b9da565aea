"""`jobSchedules`: pages, and what each schedule tells of its ticks and jobs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.vocabulary import (
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
)
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import REGISTRY, Crons, report

HOUR = timedelta(hours=1)
BOB = Viewer("user-2", frozenset(Scope) - {Scope.ADMIN})
PAGE = """query (
  $first: Int, $after: String, $last: Int, $before: String,
  $type: String, $isPaused: Boolean
) {
  jobSchedules(first: $first, after: $after, last: $last, before: $before,
               type: $type, isPaused: $isPaused) {
    nodes { tag }
    edges { cursor node { tag } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
def registry() -> Registry:
    return Registry(REGISTRY.definitions())


async def _page(api: Api, *, caller: str = "alice", **window: Any) -> Any:
    return (await api.data(PAGE, caller=caller, **window))["jobSchedules"]


async def _tags(api: Api, *, caller: str = "alice", **given: Any) -> list[str]:
    page = await _page(api, caller=caller, **given)
    return [node["tag"] for node in page["nodes"]]


async def _shown(api: Api, selected: str, *, caller: str = "alice") -> Any:
    """Return what the one schedule shows."""
    query = f"{{ jobSchedules {{ nodes {{ {selected} }} }} }}"
    [node] = (await api.data(query, caller=caller))["jobSchedules"]["nodes"]
    return node


@pytest.fixture
async def five(crons: Crons, clock: FakeClock) -> list[JobSchedule]:
    """Schedules a to e of user-1, of which b and d are paused; one of user-2."""
    made = []
    for tag in "abcde":
        clock.advance(1)
        type = "secret-report" if tag in "de" else "report"
        made.append(await crons.schedule(tag=tag, type=type))
    await crons.schedule(tag="theirs", viewer=BOB)
    for one in (made[1], made[3]):
        await crons.pause(one)
    return made


# Pages.


@pytest.mark.usefixtures("five")
async def test_the_newest_schedule_comes_first(api: Api) -> None:
    assert await _tags(api) == ["e", "d", "c", "b", "a"]


@pytest.mark.usefixtures("five")
async def test_pages_forward_meet_every_schedule_once(api: Api) -> None:
    found, after = [], None
    for place in range(3):
        page = await _page(api, first=2, after=after)
        found.append([node["tag"] for node in page["nodes"]])
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        info = page["pageInfo"]
        assert info["hasNextPage"] is (place < 2)
        assert info["hasPreviousPage"] is (place > 0)
        assert info["startCursor"] == page["edges"][0]["cursor"]
        after = info["endCursor"]

    assert found == [["e", "d"], ["c", "b"], ["a"]]


@pytest.mark.usefixtures("five")
async def test_pages_backward_meet_every_schedule_once(api: Api) -> None:
    found, before = [], None
    for place in range(3):
        page = await _page(api, last=2, before=before)
        found.append([node["tag"] for node in page["nodes"]])
        assert page["pageInfo"]["hasPreviousPage"] is (place < 2)
        assert page["pageInfo"]["hasNextPage"] is (place > 0)
        before = page["pageInfo"]["startCursor"]

    assert found == [["b", "a"], ["d", "c"], ["e"]]


@pytest.mark.usefixtures("five")
async def test_an_admin_pages_over_the_schedules_of_all_users(api: Api) -> None:
    found, after = [], None
    for _ in range(3):
        page = await _page(api, caller="admin", first=2, after=after)
        found += [node["tag"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]

    assert set(found[:2]) == {"theirs", "e"}
    assert found[2:] == ["d", "c", "b", "a"]


@pytest.mark.usefixtures("five")
async def test_other_users_see_their_own_alone(api: Api) -> None:
    assert await _tags(api, caller="bob") == ["theirs"]


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({"type": "report"}, ["c", "b", "a"]),
        ({"type": "secret-report"}, ["e", "d"]),
        ({"type": "nothing"}, []),
        ({"isPaused": True}, ["d", "b"]),
        ({"isPaused": False}, ["e", "c", "a"]),
        ({"isPaused": True, "type": "report"}, ["b"]),
        ({"isPaused": False, "type": "report", "last": 1}, ["a"]),
        ({"isPaused": None, "type": None}, ["e", "d", "c", "b", "a"]),
        ({"first": 0}, []),
    ],
    ids=str,
)
@pytest.mark.usefixtures("five")
async def test_type_and_pause_select(
    api: Api, given: dict[str, Any], tags: list[str]
) -> None:
    assert await _tags(api, **given) == tags


@pytest.mark.usefixtures("five")
async def test_a_page_of_a_selection_goes_on_within_it(api: Api) -> None:
    first = await _page(api, isPaused=False, first=1)
    after = first["pageInfo"]["endCursor"]

    assert await _tags(api, isPaused=False, first=1, after=after) == ["c"]


async def test_a_cursor_of_another_list_is_refused(api: Api, make_job: MakeJob) -> None:
    await make_job()
    jobs = await api.data("{ jobs { pageInfo { endCursor } } }")

    answer = await api(PAGE, after=jobs["jobs"]["pageInfo"]["endCursor"])

    assert answer["errors"][0]["extensions"] == {
        "code": "INVALID_CURSOR",
        "argument": ["after"],
    }


@pytest.mark.parametrize(
    "window", [{"first": 101}, {"last": -1}, {"first": 1, "last": 1}], ids=str
)
async def test_a_window_that_makes_no_sense_is_refused(
    api: Api, window: dict[str, int]
) -> None:
    assert await api.codes(PAGE, **window) == ["VALIDATION"]


# Times.


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 1), (50, 50)])
async def test_next_run_times_are_as_many_as_asked_for(
    api: Api, crons: Crons, count: int, told: int
) -> None:
    await crons.schedule("*/15 * * * *")

    shown = await _shown(api, f"nextRunTimes(count: {count})")

    instants = [datetime.fromisoformat(one) for one in shown["nextRunTimes"]]
    quarter = timedelta(minutes=15)
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert instants == [noon + quarter * place for place in range(1, told + 1)]


@pytest.mark.parametrize("count", [-1, 51, 2**31 - 1])
async def test_more_or_less_of_them_than_is_allowed_are_refused(
    api: Api, crons: Crons, count: int
) -> None:
    await crons.schedule()

    answer = await api(
        f"{{ jobSchedules {{ nodes {{ nextRunTimes(count: {count}) }} }} }}"
    )

    [error] = answer["errors"]
    assert error["extensions"] == {"code": "VALIDATION", "argument": ["count"]}
    assert error["message"] == f"count must be from 0 to 50, not {count:,}."


async def test_unless_told_otherwise_five_are_told(api: Api, crons: Crons) -> None:
    await crons.schedule("@yearly")

    assert (await _shown(api, "nextRunTimes"))["nextRunTimes"] == [
        f"{year}-01-01T00:00:00.000Z" for year in range(2027, 2032)
    ]


async def test_a_paused_schedule_has_none(api: Api, crons: Crons) -> None:
    await crons.pause(await crons.schedule())

    assert await _shown(api, "isPaused nextRunTimes") == {
        "isPaused": True,
        "nextRunTimes": [],
    }


async def test_there_is_none_while_trigger_devs_own_is_yet_to_go(
    api: Api, crons: Crons
) -> None:
    await crons.schedule()
    await crons.fetch("UPDATE job_schedules SET sync_state = 'PENDING'")

    assert await _shown(api, "owner syncState nextRunTimes") == {
        "owner": "JOBWIRE",
        "syncState": "PENDING",
        "nextRunTimes": [],
    }


async def test_a_tick_that_is_due_and_not_used_yet_is_no_next_one(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    await crons.schedule()
    clock.advance(HOUR)

    assert await _shown(api, "nextRunTimes(count: 1) lastTickAt") == {
        "nextRunTimes": ["2026-01-15T14:00:00.000Z"],
        "lastTickAt": None,
    }


async def test_times_are_those_of_the_time_zone(api: Api, crons: Crons) -> None:
    await crons.schedule("30 2 * * *", timezone="Asia/Kolkata")

    assert (await _shown(api, "nextRunTimes(count: 1)"))["nextRunTimes"] == [
        "2026-01-15T21:00:00.000Z"
    ]


@pytest.mark.parametrize(
    ("cron", "description"),
    [
        ("0 9 * * MON-FRI", "At 09:00 AM, Monday through Friday"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("@daily", "At 12:00 AM"),
    ],
)
async def test_the_expression_is_told_in_words(
    api: Api, crons: Crons, cron: str, description: str
) -> None:
    await crons.schedule(cron)

    assert await _shown(api, "cron description") == {
        "cron": cron,
        "description": description,
    }


async def test_one_that_nobody_can_read_any_more_is_shown_and_says_why(
    api: Api, crons: Crons
) -> None:
    one = await crons.schedule()
    await crons.fetch(
        "UPDATE job_schedules SET cron = '0 * * * gone',"
        " retry_config = '{\"minTimeoutInMs\": 90000}' WHERE id = $1",
        one.id,
    )

    shown = await _shown(
        api, "cron description nextRunTimes retryConfig { minTimeoutInMs }"
    )

    assert shown["cron"] == "0 * * * gone"
    assert "not 'gone'" in shown["description"]
    assert shown["nextRunTimes"] == []
    assert shown["retryConfig"] == {"minTimeoutInMs": 1000}


async def test_a_tick_that_waits_is_shown_until_it_has_its_job(
    api: Api, crons: Crons
) -> None:
    await crons.schedule(overlap_policy=OverlapPolicy.QUEUE_ONE)
    selected = "overlapPolicy waitingTickAt lastTickAt nextRunTimes(count: 1)"

    await crons.pass_time(2 * HOUR + HOUR / 2)
    waits = await _shown(api, selected)
    await crons.end()
    await crons.go_on()
    goes_on = await _shown(api, selected)

    common = {
        "overlapPolicy": "QUEUE_ONE",
        "nextRunTimes": ["2026-01-15T15:00:00.000Z"],
    }
    assert waits == {
        **common,
        "waitingTickAt": "2026-01-15T14:00:00.000Z",
        "lastTickAt": "2026-01-15T13:00:00.000Z",
    }
    assert goes_on == {
        **common,
        "waitingTickAt": None,
        "lastTickAt": "2026-01-15T14:00:00.000Z",
    }


async def test_the_last_tick_that_made_no_job_tells_why(api: Api, crons: Crons) -> None:
    await crons.schedule()
    selected = "lastTickAt lastSkippedTick { at reason message }"

    assert await _shown(api, selected) == {"lastTickAt": None, "lastSkippedTick": None}
    await crons.pass_time(2 * HOUR)

    shown = await _shown(api, selected)
    assert shown["lastTickAt"] == "2026-01-15T13:00:00.000Z"
    skipped = shown["lastSkippedTick"]
    assert (skipped["at"], skipped["reason"]) == ("2026-01-15T14:00:00.000Z", "OVERLAP")
    assert skipped["message"].endswith(".")


async def test_ticks_that_nobody_could_use_are_told_as_misfires(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    await crons.schedule(misfire_policy=MisfirePolicy.SKIP)
    clock.advance(HOUR + timedelta(minutes=10))
    await crons.tick()

    shown = await _shown(api, "misfirePolicy misfireWindow lastSkippedTick { reason }")

    assert shown == {
        "misfirePolicy": "SKIP",
        "misfireWindow": None,
        "lastSkippedTick": {"reason": "MISFIRE"},
    }


async def test_a_schedule_that_trigger_dev_fires_shows_how_far_it_follows(
    api: Api, crons: Crons
) -> None:
    await crons.schedule(type="nightly", owner=ScheduleOwner.TRIGGER_DEV)

    assert await _shown(
        api, "owner executor triggerTaskId triggerScheduleId syncState syncError"
    ) == {
        "owner": "TRIGGER_DEV",
        "executor": "TRIGGER",
        "triggerTaskId": "nightly-task",
        "triggerScheduleId": None,
        "syncState": "PENDING",
        "syncError": None,
    }


async def test_ticks_are_no_changes_of_the_schedule(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    schedule = await crons.schedule()
    selected = "version createdAt updatedAt"
    noon = "2026-01-15T12:00:00.000Z"

    await crons.pass_time(2 * HOUR)
    after_ticks = await _shown(api, selected)
    clock.advance(60)
    await crons.pause(schedule)
    after_pause = await _shown(api, selected)

    assert after_ticks == {"version": 1, "createdAt": noon, "updatedAt": noon}
    assert after_pause == {
        "version": 2,
        "createdAt": noon,
        "updatedAt": "2026-01-15T14:01:00.000Z",
    }


# Jobs.


async def test_the_last_job_is_the_newest_one(
    api: Api, crons: Crons, clock: FakeClock, make_job: MakeJob
) -> None:
    schedule = await crons.schedule(overlap_policy=OverlapPolicy.ALLOW)
    assert await _shown(api, "lastJob { id }") == {"lastJob": None}

    await crons.pass_time(2 * HOUR)
    clock.advance(1)
    await make_job(tag="of no schedule")

    last = (await _shown(api, "lastJob { tickAt status schedule { id } }"))["lastJob"]
    assert last == {
        "tickAt": "2026-01-15T14:00:00.000Z",
        "status": "QUEUED",
        "schedule": {"id": schedule.public_id},
    }


@pytest.mark.usefixtures("crons")
async def test_a_deleted_job_is_no_last_one(
    api: Api, crons: Crons, make_job: MakeJob, clock: FakeClock
) -> None:
    schedule = await crons.schedule()
    kept = await make_job(schedule_id=schedule.id, status="SUCCEEDED")
    clock.advance(1)
    gone = await make_job(schedule_id=schedule.id, status="FAILED")
    delete = """mutation ($id: ID!) {
      deleteJob(input: {id: $id}) { errors { message } } }"""
    await api.data(delete, id=job_id_text(gone.id))

    assert await _shown(api, "lastJob { id }") == {
        "lastJob": {"id": job_id_text(kept.id)}
    }


async def test_the_jobs_of_a_schedule_come_in_pages_and_by_a_filter(
    api: Api, crons: Crons, make_job: MakeJob, clock: FakeClock
) -> None:
    schedule = await crons.schedule()
    for number, status in enumerate(("SUCCEEDED", "FAILED", "SUCCEEDED", "RUNNING")):
        clock.advance(1)
        await make_job(schedule_id=schedule.id, status=status, tag=f"{number}")
        await make_job(schedule_id=None, status=status, tag="of no schedule")
    query = """query ($first: Int, $after: String, $last: Int, $filter: JobFilter) {
      jobSchedules { nodes { jobs(
        first: $first, after: $after, last: $last, filter: $filter
      ) { nodes { tag } totalCount { value } pageInfo { hasNextPage endCursor } } } }
    }"""

    async def jobs(**given: Any) -> Any:
        [node] = (await api.data(query, **given))["jobSchedules"]["nodes"]
        return node["jobs"]

    async def tags(**given: Any) -> list[str]:
        return [job["tag"] for job in (await jobs(**given))["nodes"]]

    page = await jobs(first=3)
    assert [job["tag"] for job in page["nodes"]] == ["3", "2", "1"]
    assert page["totalCount"] == {"value": 4}
    assert page["pageInfo"]["hasNextPage"] is True
    assert await tags(first=3, after=page["pageInfo"]["endCursor"]) == ["0"]
    assert await tags(last=1) == ["0"]
    assert await tags(filter={"statuses": ["SUCCEEDED"]}) == ["2", "0"]
    assert await tags(filter={"isTerminal": False}) == ["3"]
    assert await tags(filter={"tags": ["of no schedule"]}) == []
    assert await tags(filter={"scheduleIds": [schedule.public_id]}) == list("3210")
    assert await tags(filter={"scheduleIds": ["sch_nothing"]}) == []
    [node] = (await api.data(query, filter={"statuses": ["FAILED"]}, first=1))[
        "jobSchedules"
    ]["nodes"]
    assert node["jobs"]["totalCount"] == {"value": 1}


async def test_a_filter_of_its_jobs_on_another_user_is_refused(
    api: Api, crons: Crons
) -> None:
    await crons.schedule()
    query = """{ jobSchedules { nodes {
      jobs(filter: {userIds: ["user-2"]}) { nodes { id } } } } }"""

    assert await api.codes(query) == ["FORBIDDEN"]


async def test_many_schedules_are_read_together_with_their_last_jobs(
    api: Api, crons: Crons, statements: list[str]
) -> None:
    query = """{ jobSchedules(first: 50) { nodes {
      nextRunTimes data retryConfig { factor } lastJob { id status schedule { id } }
    } } }"""
    sent: list[int] = []
    for count in (2, 30):
        for number in range(count):
            await crons.schedule(tag=f"{count}-{number}")
        await crons.pass_time(HOUR)
        statements.clear()

        found = await api.data(query)

        nodes = found["jobSchedules"]["nodes"]
        assert all(node["lastJob"]["status"] == "QUEUED" for node in nodes)
        sent.append(len(statements))

    assert 0 < sent[0] == sent[1] <= 4


async def test_the_schedules_of_many_jobs_are_read_together(
    api: Api, crons: Crons, statements: list[str]
) -> None:
    sent: list[int] = []
    for count in (2, 30):
        for number in range(count):
            await crons.schedule(tag=f"{count}-{number}")
        await crons.pass_time(HOUR)
        statements.clear()

        found = await api.data(
            "{ jobs(first: 100) { nodes { schedule { tag } tag } } }"
        )

        nodes = found["jobs"]["nodes"]
        assert all(job["schedule"]["tag"] == job["tag"] for job in nodes)
        sent.append(len(statements))

    assert 0 < sent[0] == sent[1] <= 3


# Data.


async def test_secret_data_are_shown_to_admins_alone(api: Api, crons: Crons) -> None:
    await crons.schedule(type="secret-report", data={"card": "4111"})

    assert await _shown(api, "data") == {"data": None}
    assert await _shown(api, "data", caller="admin") == {"data": {"card": "4111"}}


async def test_what_was_secret_stays_so_without_its_type(
    api: Api, crons: Crons, registry: Registry
) -> None:
    await crons.schedule(type="secret-report", data={"card": "4111"})
    registry.replace(collect(report))

    assert await _shown(api, "data") == {"data": None}


async def test_what_was_scheduled_before_its_type_was_secret_is_secret(
    api: Api, crons: Crons
) -> None:
    await crons.schedule(data={"card": "4111"})
    assert await _shown(api, "data") == {"data": {"card": "4111"}}
    await crons.fetch("UPDATE job_schedules SET type = 'secret-report'")

    assert await _shown(api, "data") == {"data": None}


async def test_what_the_schedule_leaves_open_is_as_the_type_says_now(
    api: Api, crons: Crons
) -> None:
    await crons.schedule(retry_config={"factor": 3})

    assert await _shown(api, "retryConfig { maxAttempts factor }") == {
        "retryConfig": {"maxAttempts": 3, "factor": 3}
    }
