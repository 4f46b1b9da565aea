"""`pauseJobSchedule`, `resumeJobSchedule`, `deleteJobSchedule`: by id, again and again.

What the four mutations of one schedule have in common stands at the end.
"""

from typing import Any
from uuid import uuid4

import pytest

from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.registry import Registry
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.job_schedules import CHANGES, change, schedule_cron, scheduled
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import REGISTRY, Crons

HOUR = 3600
NEXT_AT_NOON = ["2026-01-15T13:00:00.000Z", "2026-01-15T14:00:00.000Z"]


@pytest.fixture
def registry() -> Registry:
    return Registry(REGISTRY.definitions())


async def _hourly(api: Api, **given: Any) -> Any:
    return await scheduled(api, **{"type": "report", "cron": "0 * * * *", **given})


async def test_a_paused_schedule_tells_no_next_run_times(
    api: Api, clock: FakeClock
) -> None:
    schedule = await _hourly(api)
    clock.advance(1)

    payload = await change(api, "pauseJobSchedule", schedule)

    assert payload == {
        "schedule": {**schedule, "isPaused": True, "nextRunTimes": [], "version": 2},
        "errors": [],
    }


async def test_a_pause_of_what_is_paused_changes_nothing(api: Api) -> None:
    schedule = await _hourly(api)
    paused = await change(api, "pauseJobSchedule", schedule)

    assert await change(api, "pauseJobSchedule", schedule) == paused


async def test_a_resumed_schedule_goes_on_with_its_first_tick_from_now_on(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    schedule = await _hourly(api)
    await change(api, "pauseJobSchedule", schedule)
    clock.advance(3 * HOUR + 60)
    await crons.tick()

    payload = await change(api, "resumeJobSchedule", schedule)

    assert payload["errors"] == []
    assert payload["schedule"] == {
        **schedule,
        "version": 3,
        "nextRunTimes": ["2026-01-15T16:00:00.000Z", "2026-01-15T17:00:00.000Z"],
    }
    assert await crons.jobs() == []
    clock.advance(HOUR)
    await crons.tick()
    assert await crons.ticks() == ["01-15 16:00"]


async def test_a_resume_of_what_is_not_paused_changes_nothing(api: Api) -> None:
    schedule = await _hourly(api)

    payload = await change(api, "resumeJobSchedule", schedule)

    assert payload == {"schedule": schedule, "errors": []}


async def test_a_deleted_schedule_is_found_no_more_and_its_key_is_free(
    api: Api,
) -> None:
    schedule = await _hourly(api, key="k")

    payload = await change(api, "deleteJobSchedule", schedule)

    assert payload == {"deletedId": schedule["id"], "errors": []}
    found = await api.data(
        "query ($id: ID!) { node(id: $id) { id } jobSchedules { nodes { id } } }",
        id=schedule["id"],
    )
    assert found == {"node": None, "jobSchedules": {"nodes": []}}
    again = await schedule_cron(api, key="k", type="report")
    assert again["created"] is True
    assert again["schedule"]["id"] != schedule["id"]


async def test_the_jobs_of_a_deleted_schedule_stay_and_show_none(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    schedule = await _hourly(api, data={"n": 1})
    clock.advance(HOUR)
    await crons.tick()
    query = """query ($ids: [ID!]) { jobs(filter: {scheduleIds: $ids}) {
      nodes { status data tickAt schedule { id } } } }"""
    before = await api.data(query, ids=[schedule["id"]])

    await change(api, "deleteJobSchedule", schedule)

    job = {"status": "QUEUED", "data": {"n": 1}, "tickAt": "2026-01-15T13:00:00.000Z"}
    assert before["jobs"]["nodes"] == [{**job, "schedule": {"id": schedule["id"]}}]
    after = await api.data(query, ids=[schedule["id"]])
    assert after["jobs"]["nodes"] == [{**job, "schedule": None}]
    clock.advance(5 * HOUR)
    await crons.tick()
    assert len(await crons.jobs()) == 1


@pytest.mark.parametrize("mutation", CHANGES)
async def test_an_id_of_no_schedule_is_not_found(
    api: Api, make_job: MakeJob, mutation: str
) -> None:
    job = await make_job()
    schedule = await _hourly(api)
    deleted = await _hourly(api, key="deleted")
    await change(api, "deleteJobSchedule", deleted)

    for id in (
        schedule_id_text(uuid4()),
        deleted["id"],
        job_id_text(job.id),
        schedule["id"].replace("sch_", "job_"),
        schedule["id"].upper(),
        "sched_1234",
        "nothing",
        "",
    ):
        payload = await change(api, mutation, id)
        assert payload["errors"] == [
            {
                "__typename": "NotFoundError",
                "message": f"There is no job schedule {id!r}.",
                "code": "NOT_FOUND",
                "path": ["input", "id"],
                "id": id,
            }
        ]


@pytest.mark.parametrize("mutation", CHANGES)
async def test_the_schedule_of_another_user_is_not_found_but_by_admins(
    api: Api, crons: Crons, mutation: str
) -> None:
    schedule = await _hourly(api)

    hidden = await change(api, mutation, schedule, caller="stranger")

    assert [error["code"] for error in hidden["errors"]] == ["NOT_FOUND"]
    assert {hidden.get(name) for name in ("schedule", "job", "deletedId")} == {None}
    assert await crons.jobs() == []
    again = await schedule_cron(api, type="report", cron="0 * * * *")
    assert again == {
        "created": False,
        "schedule": {**schedule, "nextRunTimes": NEXT_AT_NOON},
        "errors": [],
    }
    payload = await change(api, mutation, schedule, caller="admin")
    assert payload["errors"] == []
