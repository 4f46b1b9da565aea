"""`jobCounts`: exact behind each answer, behind the wall, and honest when behind."""

import pytest

from jobwire.jobs.counts import read
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

COUNTS = """query ($filter: JobCountsFilter) {
  jobCounts(filter: $filter) { total byStatus { status count } oldestQueuedAt }
}"""
TOTAL = "query ($filter: JobCountsFilter) { jobCounts(filter: $filter) { total } }"
SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } errors { message } }
}"""
STATUSES = [
    *("SCHEDULED", "QUEUED", "RUNNING", "WAITING", "RETRYING"),
    *("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"),
]


async def test_each_answer_is_followed_by_counts_that_know_of_it(
    api: Api, steps: Steps, clock: FakeClock
) -> None:
    due = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for number in range(1, 4):
        await api.data(SCHEDULE, input={"type": "no-op", "tag": "t"})
        counts = (await api.data(COUNTS))["jobCounts"]
        assert counts["total"] == number
        assert counts["oldestQueuedAt"] == due
    await steps.fail(await steps.start())

    counts = (await api.data(COUNTS))["jobCounts"]

    assert [one["status"] for one in counts["byStatus"]] == STATUSES
    found = {one["status"]: one["count"] for one in counts["byStatus"] if one["count"]}
    assert found == {"QUEUED": 2, "FAILED": 1}


async def test_without_jobs_every_count_is_zero(api: Api) -> None:
    counts = (await api.data(COUNTS))["jobCounts"]

    assert (counts["total"], counts["oldestQueuedAt"]) == (0, None)
    assert {one["count"] for one in counts["byStatus"]} == {0}


async def test_users_count_their_own_jobs_and_admins_those_of_all(
    api: Api, make_job: MakeJob
) -> None:
    await make_job()
    await make_job(user_id="user-2")

    async def total(caller: str, *users: str) -> int:
        filter = {"userIds": list(users)} if users else None
        answer = await api.data(TOTAL, filter=filter, caller=caller)
        return answer["jobCounts"]["total"]

    assert await total("alice") == 1
    assert await total("alice", "user-1") == 1
    assert await total("admin") == 2
    assert await total("admin", "user-2", "nobody") == 1
    theirs = {"userIds": ["user-2"]}
    assert await api.codes(TOTAL, filter=theirs) == ["FORBIDDEN"]


async def test_each_member_of_the_filter_selects(api: Api, make_job: MakeJob) -> None:
    await make_job(type="flaky", queue="mail")
    await make_job(executor="trigger")

    async def total(**filter: object) -> int:
        return (await api.data(TOTAL, filter=filter))["jobCounts"]["total"]

    assert await total(types=["flaky", "other"]) == 1
    assert await total(executors=["TRIGGER"]) == 1
    assert await total(queues=["mail"], executors=["INTERNAL"]) == 1
    assert await total(queues=["mail"], executors=["TRIGGER"]) == 0
    assert await total(types=[]) == 0
    too_many = {"types": [str(number) for number in range(101)]}
    assert await api.codes(TOTAL, filter=too_many) == ["VALIDATION"]


async def test_counts_that_are_far_behind_say_so(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "MOST_STEPS", 0)

    assert await api.codes(TOTAL) == ["UNAVAILABLE"]
