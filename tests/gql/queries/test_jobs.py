"""`jobs`: filters, orders, counts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.gql.types import job_connection
from jobwire.jobs import job_ranges
from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.job import Job
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

Jobs = dict[str, Job]
ONE, TWO = UUID(int=1), UUID(int=2)
SCHEDULES = [schedule_id_text(id) for id in (ONE, TWO)]

TAGS = """query ($filter: JobFilter, $orderBy: JobOrder) {
  jobs(filter: $filter, orderBy: $orderBy) { nodes { tag } }
}"""


async def _tags(
    api: Api, filter: Any = None, *, caller: str = "alice", **variables: Any
) -> list[str]:
    found = await api.data(TAGS, filter=filter, caller=caller, **variables)
    return [node["tag"] for node in found["jobs"]["nodes"]]


@pytest.fixture
async def three(make_job: MakeJob, clock: FakeClock) -> Jobs:
    """Jobs a, b and c of one user, a second apart, and one of another user.

    A schedule has made b, and another one c and the one of the other user.
    """
    jobs = {"a": await make_job(tag="a", type="no-op")}
    clock.advance(1)
    jobs["b"] = await make_job(
        tag="b", type="flaky", status="SUCCEEDED", schedule_id=ONE
    )
    clock.advance(1)
    jobs["c"] = await make_job(tag="c", type="flaky", status="RUNNING", schedule_id=TWO)
    await make_job(tag="other", user_id="user-2", schedule_id=TWO)
    return jobs


@pytest.mark.usefixtures("three")
async def test_the_newest_job_comes_first(api: Api) -> None:
    assert await _tags(api) == ["c", "b", "a"]


@pytest.mark.usefixtures("three")
async def test_the_order_can_be_turned_around(api: Api) -> None:
    order = {"field": "CREATED_AT", "direction": "ASC"}

    assert await _tags(api, orderBy=order) == ["a", "b", "c"]
    assert await _tags(api, orderBy={}) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("filter", "tags"),
    [
        ({}, ["c", "b", "a"]),
        ({"statuses": ["RUNNING", "QUEUED"]}, ["c", "a"]),
        ({"statuses": ["RUNNING", "RUNNING"]}, ["c"]),
        ({"statuses": []}, []),
        ({"isTerminal": True}, ["b"]),
        ({"isTerminal": False}, ["c", "a"]),
        ({"isTerminal": None, "types": None}, ["c", "b", "a"]),
        ({"isTerminal": True, "statuses": ["RUNNING"]}, []),
        ({"types": ["flaky"]}, ["c", "b"]),
        ({"types": ["flaky"], "tags": ["a", "b"]}, ["b"]),
        ({"tags": ["c", "a"]}, ["c", "a"]),
        ({"userIds": ["user-1"]}, ["c", "b", "a"]),
        ({"executors": ["INTERNAL"]}, ["c", "b", "a"]),
        ({"executors": ["TRIGGER"], "types": ["flaky"]}, []),
        ({"ids": []}, []),
        ({"ids": ["nothing"]}, []),
        ({"createdAt": {"from": "2026-01-02T03:04:06Z"}}, ["c", "b"]),
        ({"createdAt": {"until": "2026-01-02T03:04:06Z"}}, ["a"]),
        (
            {"createdAt": {"from": "2026-01-02T04:04:06+01:00", "until": None}},
            ["c", "b"],
        ),
        ({"createdAt": {}}, ["c", "b", "a"]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("three")
async def test_a_filter_selects(api: Api, filter: Any, tags: list[str]) -> None:
    assert await _tags(api, filter) == tags


async def test_jobs_that_need_attention_say_why_and_are_selected_by_it(
    api: Api, make_job: MakeJob
) -> None:
    await make_job(tag="late", attention=["ORPHAN_SUSPECT", "START_OVERDUE"])
    await make_job(tag="drifted", attention=["DRIFTED"])
    await make_job(tag="ended", attention=["START_OVERDUE"], status="FAILED")
    await make_job(tag="well")
    needs = "{ jobs(orderBy: {direction: ASC}) { nodes { tag attention } } }"

    assert await _tags(api, {"attention": ["START_OVERDUE", "CANCEL_OVERDUE"]}) == [
        "late"
    ]
    assert await _tags(api, {"attention": []}) == []
    assert await _tags(api, {"attention": ["DRIFTED"], "tags": ["late"]}) == []
    found = (await api.data(needs))["jobs"]["nodes"]
    assert {job["tag"]: job["attention"] for job in found} == {
        "late": ["ORPHAN_SUSPECT", "START_OVERDUE"],
        "drifted": ["DRIFTED"],
        "ended": [],
        "well": [],
    }


async def test_jobs_are_selected_by_their_ids(api: Api, three: Jobs) -> None:
    ids = [job_id_text(three["a"].id), str(three["c"].id), "nothing"]

    assert await _tags(api, {"ids": ids}) == ["c", "a"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("more", "tags"),
    [
        ({}, ["c", "b"]),
        ({"statuses": ["SUCCEEDED", "QUEUED"]}, ["b"]),
        ({"isTerminal": False}, ["c"]),
        ({"types": ["no-op"]}, []),
        ({"tags": ["a", "b"]}, ["b"]),
        ({"userIds": ["user-1"]}, ["c", "b"]),
        ({"executors": ["TRIGGER"]}, []),
        ({"attention": ["DRIFTED"]}, []),
        ({"createdAt": {"until": "2026-01-02T03:04:07Z"}}, ["b"]),
    ],
    ids=str,
)
async def test_jobs_are_selected_by_their_schedules_and_all_else(
    api: Api, more: Any, tags: list[str]
) -> None:
    assert await _tags(api, {"scheduleIds": SCHEDULES, **more}) == tags


async def test_the_schedules_of_a_selection_are_alternatives(
    api: Api, three: Jobs
) -> None:
    one, two = SCHEDULES
    ids = [job_id_text(three[tag].id) for tag in "ac"]

    assert await _tags(api, {"scheduleIds": [one]}) == ["b"]
    assert await _tags(api, {"scheduleIds": [two, two]}) == ["c"]
    assert await _tags(api, {"scheduleIds": SCHEDULES, "ids": ids}) == ["c"]
    order = {"direction": "ASC"}
    assert await _tags(api, {"scheduleIds": SCHEDULES}, orderBy=order) == ["b", "c"]


async def test_what_is_the_id_of_no_schedule_selects_nothing(
    api: Api, three: Jobs
) -> None:
    nobodys = [
        schedule_id_text(UUID(int=7)),
        job_id_text(three["b"].id),
        SCHEDULES[0].replace("sch_", "job_"),
        SCHEDULES[0].upper(),
        "nothing",
        "",
    ]

    assert await _tags(api, {"scheduleIds": []}) == []
    assert await _tags(api, {"scheduleIds": nobodys}) == []
    assert await _tags(api, {"scheduleIds": [*nobodys, SCHEDULES[0]]}) == ["b"]
    assert await _tags(api, {"scheduleIds": None, "tags": ["a"]}) == ["a"]


@pytest.mark.usefixtures("three")
async def test_the_schedules_of_a_selection_stay_behind_the_wall(api: Api) -> None:
    filter = {"scheduleIds": SCHEDULES}

    assert await _tags(api, filter, caller="bob") == ["other"]
    assert set(await _tags(api, filter, caller="admin")) == {"b", "c", "other"}
    assert await _tags(api, {**filter, "userIds": ["user-2"]}, caller="admin") == [
        "other"
    ]


@pytest.mark.usefixtures("three")
async def test_jobs_of_schedules_are_counted_and_paged(api: Api) -> None:
    query = """query ($filter: JobFilter, $after: String) {
      jobs(filter: $filter, first: 1, after: $after) {
        totalCount { value } nodes { tag } pageInfo { endCursor hasNextPage }
      } }"""
    filter = {"scheduleIds": SCHEDULES}

    first = (await api.data(query, filter=filter))["jobs"]
    after = first["pageInfo"]["endCursor"]
    second = (await api.data(query, filter=filter, after=after))["jobs"]

    assert (first["totalCount"], first["nodes"]) == ({"value": 2}, [{"tag": "c"}])
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == (
        [{"tag": "b"}],
        False,
    )


async def test_jobs_are_selected_by_their_runs_behind_the_wall(
    api: Api, make_job: MakeJob
) -> None:
    runs = ["run_1", "run_2", "run_3", "run_4"]
    for tag, run_id in zip("abcd", runs, strict=True):
        user_id = "user-2" if tag == "d" else "user-1"
        await make_job(
            tag=tag, executor="trigger", trigger_run_id=run_id, user_id=user_id
        )
    await make_job(tag="of no run")

    assert set(await _tags(api, {"triggerRunIds": runs})) == {"a", "b", "c"}
    assert await _tags(api, {"triggerRunIds": runs}, caller="bob") == ["d"]
    assert await _tags(api, {"triggerRunIds": ["run_5", "run_2"]}) == ["b"]
    assert await _tags(api, {"triggerRunIds": ["run_2"], "tags": ["a"]}) == []
    assert await _tags(api, {"triggerRunIds": []}) == []


@pytest.mark.parametrize(
    ("member", "ids"),
    [
        ("scheduleIds", [schedule_id_text(UUID(int=number)) for number in range(101)]),
        ("triggerRunIds", [f"run_{number}" for number in range(101)]),
    ],
    ids=["scheduleIds", "triggerRunIds"],
)
async def test_too_many_alternatives_are_refused_by_their_name(
    api: Api, member: str, ids: list[str]
) -> None:
    answer = await api(TAGS, filter={member: ids})

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "VALIDATION"
    assert error["extensions"]["argument"] == ["filter", member]


@pytest.mark.usefixtures("three")
async def test_the_jobs_of_a_schedule_are_canceled_in_bulk(
    api: Api, steps: Steps
) -> None:
    cancel = """mutation ($filter: JobFilter!) {
      cancelJobs(input: {select: {filter: $filter}}) { matchedCount }
    }"""

    found = await api.data(cancel, filter={"scheduleIds": SCHEDULES})

    await steps.carry_out()
    assert found == {"cancelJobs": {"matchedCount": 2}}
    asked = await api.data("{ jobs { nodes { tag cancellation { outcome } } } }")
    assert [
        job["tag"] for job in asked["jobs"]["nodes"] if job["cancellation"] is not None
    ] == ["c"]


@pytest.mark.usefixtures("three")
async def test_an_admin_sees_the_jobs_of_all_users(api: Api) -> None:
    assert set(await _tags(api, caller="admin")) == {"a", "b", "c", "other"}
    assert await _tags(api, {"userIds": ["user-2"]}, caller="admin") == ["other"]


@pytest.mark.usefixtures("three")
async def test_a_filter_on_another_user_is_refused(api: Api) -> None:
    answer = await api(TAGS, filter={"userIds": ["user-1", "user-2"]})

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "argument": ["filter", "userIds"],
        "requiredScope": "ADMIN",
    }


async def test_too_many_alternatives_are_refused(api: Api) -> None:
    codes = await api.codes(TAGS, filter={"tags": [str(n) for n in range(101)]})

    assert codes == ["VALIDATION"]


async def test_a_filter_that_few_of_many_jobs_match_is_refused(
    api: Api, make_job: MakeJob, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_job()
    for _ in range(2):
        clock.advance(1)
        await make_job(executor="trigger")
    few = """{ jobs(filter: {executors: [INTERNAL]}, first: 0) {
      totalCount { value isCapped } pageInfo { hasNextPage } } }"""
    assert await api.codes(few) == []
    monkeypatch.setattr(job_ranges, "LOOKS", (1, 1))

    [error] = (await api(few))["errors"]

    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "argument": ["filter"]}
    assert "Give a narrower createdAt" in error["message"]


async def test_where_few_of_many_jobs_match_the_total_count_says_at_least(
    api: Api, make_job: MakeJob, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_connection, "COUNT_CAP", 1)
    monkeypatch.setattr(job_ranges, "LOOKS", (2, 2))
    for executor in ("internal", "trigger", "trigger", "internal"):
        clock.advance(1)
        await make_job(executor=executor)

    found = await api.data(
        """{ jobs(filter: {executors: [INTERNAL]}, first: 0) {
          totalCount { value isCapped } } }"""
    )

    assert found["jobs"]["totalCount"] == {"value": 1, "isCapped": True}


@pytest.mark.usefixtures("three")
async def test_the_total_count_does_not_depend_on_the_page(api: Api) -> None:
    found = await api.data(
        "{ jobs(first: 1) { totalCount { value isCapped } nodes { tag } } }"
    )

    assert found["jobs"] == {
        "totalCount": {"value": 3, "isCapped": False},
        "nodes": [{"tag": "c"}],
    }


@pytest.mark.usefixtures("three")
async def test_the_total_count_stops_at_its_cap(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_connection, "COUNT_CAP", 2)

    found = await api.data("{ jobs { totalCount { value isCapped } } }")

    assert found["jobs"]["totalCount"] == {"value": 2, "isCapped": True}


async def test_a_job_created_in_the_same_instant_has_its_place(
    api: Api, make_job: MakeJob, clock: FakeClock
) -> None:
    for tag in "abc":
        await make_job(tag=tag)
    clock.advance(timedelta(milliseconds=1))
    await make_job(tag="later")

    assert (await _tags(api))[0] == "later"
    assert await _tags(api) == await _tags(api)
