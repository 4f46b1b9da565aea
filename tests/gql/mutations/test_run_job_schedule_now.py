"""`runJobScheduleNow`: a job at once, whatever the clock says."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from tests.clock import FakeClock
from tests.gql.client import PATIENCE, Api
from tests.gql.host import Host
from tests.gql.job_schedules import change, schedule_cron, scheduled
from tests.jobs.cron.conftest import REGISTRY, Crons, secret_report

GIVEN: dict[str, Any] = {
    "type": "report",
    "tag": "reports",
    "cron": "0 * * * *",
    "data": {"n": 1},
    "retryConfig": {"maxAttempts": 7},
}


@pytest.fixture
def registry() -> Registry:
    return Registry(REGISTRY.definitions())


async def _run(api: Api, schedule: Any, *, caller: str = "planner") -> Any:
    return await change(api, "runJobScheduleNow", schedule, caller)


async def test_the_job_is_the_one_that_a_tick_would_make_but_for_the_tick(
    api: Api, clock: FakeClock
) -> None:
    schedule = await scheduled(api, **GIVEN)
    clock.advance(1)

    payload = await _run(api, schedule)

    job = payload["job"]
    assert (payload["created"], payload["errors"]) == (True, [])
    assert job.pop("id").startswith("job_")
    assert job == {
        "type": "report",
        "tag": "reports",
        "userId": "user-1",
        "executor": "INTERNAL",
        "triggerTaskId": None,
        "status": "QUEUED",
        "data": {"n": 1},
        "tickAt": None,
        "runAt": "2026-01-02T03:04:06.000Z",
        "createdAt": "2026-01-02T03:04:06.000Z",
        "retryConfig": {"maxAttempts": 7},
        "schedule": {"id": schedule["id"], "version": 1},
    }


async def test_each_call_makes_another_job_and_the_ticks_go_on(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    schedule = await scheduled(api, **GIVEN, overlapPolicy="ALLOW")

    first = await _run(api, schedule)
    second = await _run(api, schedule)

    assert first["job"]["id"] != second["job"]["id"]
    assert (await schedule_cron(api, **GIVEN, overlapPolicy="ALLOW"))[
        "schedule"
    ] == schedule
    clock.advance(3600)
    await crons.tick()
    assert len(await crons.jobs()) == 3
    assert await crons.ticks() == ["01-15 13:00"]


async def test_a_paused_schedule_runs_and_stays_paused(api: Api, crons: Crons) -> None:
    schedule = await scheduled(api, **GIVEN)
    await change(api, "pauseJobSchedule", schedule)

    payload = await _run(api, schedule)

    assert payload["job"]["tickAt"] is None
    assert payload["job"]["schedule"] == {"id": schedule["id"], "version": 2}
    assert len(await crons.jobs()) == 1
    again = (await schedule_cron(api, **GIVEN))["schedule"]
    assert (again["isPaused"], again["nextRunTimes"]) == (True, [])


async def test_a_tick_counts_the_job_by_the_overlap_policy(
    api: Api, crons: Crons, clock: FakeClock
) -> None:
    await _run(api, await scheduled(api, **GIVEN))
    clock.advance(3600)

    await crons.tick()

    assert len(await crons.jobs()) == 1
    again = (await schedule_cron(api, **GIVEN))["schedule"]
    assert again["lastSkippedTick"]["reason"] == "OVERLAP"
    assert again["lastTickAt"] is None


async def test_workers_and_followers_are_woken(api: Api, engine: Engine) -> None:
    schedule = await scheduled(api, **GIVEN)
    rung: asyncio.Queue[frozenset[Topic]] = asyncio.Queue()
    remove = engine.doorbell.listen(rung.put_nowait)

    await _run(api, schedule)

    async with asyncio.timeout(PATIENCE):
        assert {Topic.WORK, Topic.CHANGE} <= await rung.get()
    remove()


async def test_the_task_of_trigger_dev_runs_as_a_job_of_ours(api: Api) -> None:
    schedule = await scheduled(api, type="nightly")

    job = (await _run(api, schedule))["job"]

    assert (job["executor"], job["triggerTaskId"]) == ("TRIGGER", "nightly-task")


async def test_a_job_that_an_admin_runs_is_that_of_the_owner(
    api: Api, crons: Crons
) -> None:
    payload = await _run(api, await scheduled(api, **GIVEN), caller="admin")

    assert payload["job"]["userId"] == "user-1"
    [row] = await crons.fetch("SELECT source, actor FROM job_events")
    assert tuple(row) == ("API", "operator")


async def test_secret_data_stay_secret(api: Api, crons: Crons) -> None:
    given = GIVEN | {"type": "secret-report", "data": {"card": "4111"}}
    schedule = await scheduled(api, **given)

    assert (await _run(api, schedule))["job"]["data"] is None
    [job] = await crons.jobs()
    assert job.secret_data


async def test_a_type_that_is_not_registered_any_more_is_refused(
    api: Api, engine: Engine, crons: Crons
) -> None:
    schedule = await scheduled(api, **GIVEN)
    engine.registry.replace(collect(secret_report))

    payload = await _run(api, schedule)

    assert (payload["job"], payload["created"]) == (None, False)
    [error] = payload["errors"]
    assert error["code"] == "UNKNOWN_TYPE"
    assert "no job type 'report'" in error["message"]
    assert await crons.jobs() == []


async def test_what_cannot_run_on_trigger_dev_any_more_is_refused(
    api: Api, engine: Engine, host: Host, crons: Crons
) -> None:
    schedule = await scheduled(api, type="nightly")
    host.engine = replace(engine, policy=PlacementPolicy("There is none here."))

    payload = await _run(api, schedule)

    [error] = payload["errors"]
    assert (error["__typename"], error["message"]) == (
        "ExecutorError",
        "There is none here.",
    )
    assert await crons.jobs() == []


async def test_a_task_that_was_allowed_runs_although_it_would_not_be_allowed_now(
    api: Api, engine: Engine, host: Host
) -> None:
    schedule = await scheduled(api, type="any", triggerTaskId="any-task")
    host.engine = replace(engine, policy=PlacementPolicy(any_task=False))

    assert (await _run(api, schedule))["errors"] == []
