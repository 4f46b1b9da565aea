"""`scheduleCronJob`: what is accepted and shown, what is refused and how."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import Task
from jobwire.gql.schema import core
from jobwire.jobs.cron.adopt import RunAdopter
from jobwire.jobs.cron.sync import Syncer
from jobwire.jobs.engine import Engine
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.host import Host
from tests.gql.job_schedules import (
    CHANGES,
    change,
    refused,
    schedule_cron,
    scheduled,
)
from tests.jobs.cron.conftest import nightly, report, secret_report
from tests.jobs.rig import Rig, open_rig
from tests.jobs.wire import Fault

TASKS = (
    Task("nightly-task", is_scheduled=True),
    Task("other-task", is_scheduled=True),
    Task("plain"),
)
ON_TRIGGER_DEV = {"type": "nightly", "owner": "TRIGGER_DEV"}
NEW_YEAR = ["2027-01-01T00:00:00.000Z", "2028-01-01T00:00:00.000Z"]


@pytest.fixture
def registry() -> Registry:
    return Registry([*example_jobs(), *collect(report, secret_report), nightly])


@pytest.fixture
async def rig(
    host: Host, engine: Engine, database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    """A Trigger.dev behind the engine, two of whose tasks schedules can trigger."""
    async with open_rig(database, clock, tmp_path, tasks=TASKS) as rig:
        host.engine = replace(engine, trigger=rig.executor)
        yield rig


async def _count(engine: Engine) -> int:
    async with engine.database.connection() as connection:
        found: int = await connection.fetchval("SELECT count(*) FROM job_schedules")
        return found


async def _schedules_over_there(rig: Rig) -> list[dict[str, Any]]:
    found = await rig.stage.http.get("/api/v1/schedules?perPage=100")
    return list(found.json()["data"])


# What is accepted.


async def test_what_is_left_out_has_its_default(api: Api) -> None:
    payload = await schedule_cron(api)

    id = payload["schedule"].pop("id")
    assert id.startswith("sch_")
    assert payload == {
        "created": True,
        "errors": [],
        "schedule": {
            "key": "tag-1",
            "tag": "tag-1",
            "type": "no-op",
            "userId": "user-1",
            "executor": "INTERNAL",
            "owner": "JOBWIRE",
            "cron": "0 9 * * *",
            "timezone": "UTC",
            "description": "At 09:00 AM",
            "overlapPolicy": "SKIP",
            "misfirePolicy": "RUN_ONCE",
            "misfireWindow": None,
            "isPaused": False,
            "waitingTickAt": None,
            "lastTickAt": None,
            "lastSkippedTick": None,
            "triggerTaskId": None,
            "triggerScheduleId": None,
            "syncState": None,
            "syncError": None,
            "version": 1,
            "data": {},
            "retryConfig": {
                "maxAttempts": 3,
                "minTimeoutInMs": 1000,
                "maxTimeoutInMs": 10000,
                "factor": 2,
            },
            "nextRunTimes": ["2026-01-02T09:00:00.000Z", "2026-01-03T09:00:00.000Z"],
        },
    }


EFFECTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"key": "mine"}, {"key": "mine"}),
    ({"tag": "other"}, {"tag": "other", "key": "other"}),
    (
        {"type": "count-primes", "data": {"limit": 10}},
        {"type": "count-primes", "data": {"limit": 10}},
    ),
    ({"userId": "somebody"}, {"userId": "somebody"}),
    (
        {"type": "any", "executor": "TRIGGER", "triggerTaskId": "plain"},
        {"type": "any", "executor": "TRIGGER", "triggerTaskId": "plain"},
    ),
    (
        {"type": "nightly"},
        {"type": "nightly", "executor": "TRIGGER", "triggerTaskId": "nightly-task"},
    ),
    (
        ON_TRIGGER_DEV,
        {
            "type": "nightly",
            "owner": "TRIGGER_DEV",
            "executor": "TRIGGER",
            "triggerTaskId": "nightly-task",
            "overlapPolicy": "ALLOW",
            "syncState": "PENDING",
        },
    ),
    (
        {"cron": "@yearly"},
        {
            "cron": "@yearly",
            "description": "At 12:00 AM, on day 1 of the month, only in January",
            "nextRunTimes": NEW_YEAR,
        },
    ),
    (
        {"timezone": "Asia/Tokyo"},
        {
            "timezone": "Asia/Tokyo",
            "nextRunTimes": ["2026-01-03T00:00:00.000Z", "2026-01-04T00:00:00.000Z"],
        },
    ),
    (
        {"retryConfig": {"maxAttempts": 7, "factor": 1.5}},
        {
            "retryConfig": {
                "maxAttempts": 7,
                "minTimeoutInMs": 1000,
                "maxTimeoutInMs": 10000,
                "factor": 1.5,
            }
        },
    ),
    ({"overlapPolicy": "ALLOW"}, {"overlapPolicy": "ALLOW"}),
    ({"overlapPolicy": "QUEUE_ONE"}, {"overlapPolicy": "QUEUE_ONE"}),
    ({"overlapPolicy": "CANCEL_RUNNING"}, {"overlapPolicy": "CANCEL_RUNNING"}),
    ({"misfirePolicy": "SKIP"}, {"misfirePolicy": "SKIP"}),
    (
        {"misfirePolicy": "RUN_ALL"},
        {"misfirePolicy": "RUN_ALL", "misfireWindow": "P1D"},
    ),
    (
        {"misfirePolicy": "RUN_ALL", "misfireWindow": "PT90M"},
        {"misfirePolicy": "RUN_ALL", "misfireWindow": "PT1H30M"},
    ),
    ({"ifVersion": 0}, {}),
]
#: Every member that may be left out, left out by null.
NOTHING = dict.fromkeys(
    (
        *("key", "userId", "executor", "owner", "triggerTaskId", "data"),
        *("retryConfig", "overlapPolicy", "misfirePolicy", "misfireWindow"),
        "ifVersion",
    )
)


def test_none_is_left_out_here() -> None:
    asked = {name for given, _ in EFFECTS for name in given}

    assert asked == core.type_map["ScheduleCronJobInput"].fields.keys()


@pytest.mark.usefixtures("rig")
@pytest.mark.parametrize(("given", "shown"), EFFECTS, ids=str)
async def test_each_member_shows_in_the_schedule_and_changes_nothing_else(
    api: Api, given: dict[str, Any], shown: dict[str, Any]
) -> None:
    plain = await scheduled(api, caller="admin", key="plain")

    found = await scheduled(api, caller="admin", **given)

    assert found.pop("id") != plain.pop("id")
    assert found == {**plain, "key": "tag-1", **shown}


async def test_null_is_the_same_as_nothing(api: Api) -> None:
    plain = await schedule_cron(api)

    again = await schedule_cron(api, **NOTHING)

    assert again == {**plain, "created": False}


async def test_data_that_are_secret_are_not_shown_to_whoever_schedules_them(
    api: Api,
) -> None:
    given = {"type": "secret-report", "data": {"card": "4111"}}

    mine = await scheduled(api, **given)

    assert mine["data"] is None
    theirs = await scheduled(api, caller="admin", userId="user-1", **given)
    assert (theirs["id"], theirs["data"]) == (mine["id"], {"card": "4111"})


async def test_the_schedule_is_committed_when_the_mutation_answers(
    api: Api, engine: Engine
) -> None:
    await scheduled(api)

    assert await _count(engine) == 1


# Changing by the key.


async def test_scheduling_again_changes_the_schedule_that_has_the_key(
    api: Api, clock: FakeClock
) -> None:
    first = await scheduled(
        api,
        key="k",
        type="report",
        data={"n": 1},
        overlapPolicy="ALLOW",
        timezone="Asia/Tokyo",
    )
    clock.advance(60)

    again = await schedule_cron(api, key="k", tag="other", cron="@yearly")

    assert again["created"] is False
    assert again["schedule"] == {
        **first,
        "type": "no-op",
        "tag": "other",
        "cron": "@yearly",
        "description": "At 12:00 AM, on day 1 of the month, only in January",
        "nextRunTimes": NEW_YEAR,
        "version": 2,
        # What is left out has its default again.
        "data": {},
        "overlapPolicy": "SKIP",
        "timezone": "UTC",
    }


async def test_asking_for_what_there_is_changes_nothing(
    api: Api, engine: Engine
) -> None:
    given: dict[str, Any] = {
        "type": "report",
        "data": {"n": 1},
        "retryConfig": {"maxAttempts": 2},
    }
    first = await schedule_cron(api, **given)

    again = await schedule_cron(api, **given)

    assert (first["created"], again["created"]) == (True, False)
    assert again["schedule"] == first["schedule"]
    assert await _count(engine) == 1


async def test_a_pause_stays_when_it_is_scheduled_again(api: Api) -> None:
    await change(api, "pauseJobSchedule", await scheduled(api))

    again = await scheduled(api, cron="@yearly")

    assert (again["isPaused"], again["nextRunTimes"]) == (True, [])


async def test_each_user_has_keys_of_their_own(api: Api) -> None:
    mine = await schedule_cron(api)
    theirs = await schedule_cron(api, caller="stranger")

    assert (mine["created"], theirs["created"]) == (True, True)
    assert theirs["schedule"]["userId"] == "user-2"


async def test_an_admin_changes_the_schedule_of_another_user(api: Api) -> None:
    mine = await scheduled(api)

    changed = await scheduled(api, caller="admin", userId="user-1", cron="@yearly")

    assert (changed["id"], changed["userId"]) == (mine["id"], "user-1")


async def test_a_change_is_let_through_while_the_version_is_the_one_that_was_read(
    api: Api,
) -> None:
    await scheduled(api, ifVersion=0)
    changed = await scheduled(api, ifVersion=1, cron="@yearly")

    error = await refused(api, ifVersion=1, cron="@daily")

    assert changed["version"] == 2
    assert error == {
        "__typename": "VersionConflictError",
        "message": "The job schedule has the version 2, not 1. Read it again, and"
        " decide anew.",
        "code": "VERSION_CONFLICT",
        "path": ["input", "ifVersion"],
        "currentVersion": 2,
    }
    assert (await scheduled(api, cron="@yearly"))["version"] == 2


@pytest.mark.parametrize(("version", "found"), [(0, 1), (2, 1), (-1, 1)])
async def test_another_version_than_the_one_there_is_refused(
    api: Api, version: int, found: int
) -> None:
    await scheduled(api)

    error = await refused(api, ifVersion=version, cron="@yearly")

    assert (error["code"], error["currentVersion"]) == ("VERSION_CONFLICT", found)


async def test_a_version_of_what_is_not_there_is_refused(
    api: Api, engine: Engine
) -> None:
    error = await refused(api, ifVersion=1)

    assert (error["code"], error["currentVersion"]) == ("VERSION_CONFLICT", 0)
    assert await _count(engine) == 0


# What is refused.


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"cron": "0 0 9 * * *"}, ["cron"], "Leave out the first field"),
        ({"cron": "* * * *"}, ["cron"], "must have five fields"),
        ({"cron": "0 25 * * *"}, ["cron"], "not 25"),
        ({"cron": ""}, ["cron"], "not 0"),
        ({"cron": "* " * 500}, ["cron"], "1 to 255 characters, not 1000"),
        ({"cron": "0 0 30 2 *"}, ["cron"], "month 2 has no day 30"),
        ({"cron": "@every 5m"}, ["cron"], "Write */5 * * * *"),
        ({"timezone": "europe/berlin"}, ["timezone"], "Write Europe/Berlin"),
        ({"timezone": "CET+1"}, ["timezone"], "not 'CET+1'"),
        ({"timezone": ""}, ["timezone"], "not ''"),
        ({"tag": ""}, ["tag"], "1 to 120"),
        ({"tag": "a,b"}, ["tag"], "comma"),
        ({"key": ""}, ["key"], "1 to 255"),
        ({"key": "k" * 256}, ["key"], "1 to 255"),
        ({"type": ""}, ["type"], "1 to 120"),
        ({"data": {"n": 1}}, ["data"], "takes no data"),
        ({"type": "report", "data": [1]}, ["data"], "should be an object"),
        (
            {"type": "count-primes", "data": {"limit": "many"}},
            ["data", "limit"],
            "integer",
        ),
        (
            {"type": "report", "data": {"text": "x" * 524_288}},
            ["data"],
            "at most 524,288",
        ),
        ({"retryConfig": {"maxAttempts": 0}}, ["retryConfig", "maxAttempts"], "from 1"),
        ({"executor": "TRIGGER"}, ["executor"], "registered to run INTERNAL"),
        (
            {"type": "nightly", "executor": "INTERNAL"},
            ["executor"],
            "registered to run TRIGGER",
        ),
        ({"type": "any", "executor": "TRIGGER"}, ["triggerTaskId"], "task"),
        (
            {"executor": "INTERNAL", "triggerTaskId": "plain"},
            ["triggerTaskId"],
            "jobs on Trigger.dev",
        ),
        ({"misfireWindow": "PT1H"}, ["misfireWindow"], "choose RUN_ALL"),
        (
            {"misfirePolicy": "RUN_ALL", "misfireWindow": "PT59S"},
            ["misfireWindow"],
            "PT1M to P366D, not PT59S",
        ),
        (
            {"misfirePolicy": "RUN_ALL", "overlapPolicy": "CANCEL_RUNNING"},
            ["misfirePolicy"],
            "Choose RUN_ONCE",
        ),
        ({"owner": "TRIGGER_DEV"}, ["owner"], "Choose the owner JOBWIRE"),
        ({**ON_TRIGGER_DEV, "data": {"n": 1}}, ["data"], "carry no data"),
        ({**ON_TRIGGER_DEV, "overlapPolicy": "SKIP"}, ["overlapPolicy"], "be ALLOW"),
        (
            {**ON_TRIGGER_DEV, "misfirePolicy": "RUN_ALL"},
            ["misfirePolicy"],
            "be RUN_ONCE",
        ),
        (
            {**ON_TRIGGER_DEV, "misfireWindow": "PT1H"},
            ["misfireWindow"],
            "one missed tick at most",
        ),
        (
            {**ON_TRIGGER_DEV, "retryConfig": {"maxAttempts": 2}},
            ["retryConfig"],
            "that of the task holds",
        ),
        (
            {**ON_TRIGGER_DEV, "timezone": "Asia/Kolkata"},
            ["timezone"],
            "Asia/Calcutta",
        ),
        (
            {**ON_TRIGGER_DEV, "cron": "0 0 */2 * MON"},
            ["cron"],
            "only Trigger.dev would run",
        ),
    ],
    ids=lambda given: "" if isinstance(given, list) else str(given)[:60],
)
async def test_what_does_not_fit_is_refused_where_it_stands_and_nothing_is_stored(
    api: Api, engine: Engine, rig: Rig, given: dict[str, Any], path: Any, words: str
) -> None:
    error = await refused(api, **given)

    assert (error["__typename"], error["code"]) == ("ValidationError", "VALIDATION")
    assert error["path"] == ["input", *path]
    assert words in error["message"]
    assert await _count(engine) == 0
    assert "schedules" not in rig.wire.sent


async def test_a_refused_change_leaves_the_schedule_as_it_was(api: Api) -> None:
    before = await scheduled(api)

    await refused(api, cron="0 9 * * MOON", tag="tag-1")

    assert (await schedule_cron(api))["schedule"] == before


async def test_a_type_that_is_not_registered_is_refused_with_one_that_is(
    api: Api,
) -> None:
    error = await refused(api, type="no-oop")

    assert (error["code"], error["path"]) == ("UNKNOWN_TYPE", ["input", "type"])
    assert "Did you mean 'no-op'" in error["message"]


async def test_a_task_that_is_not_registered_is_refused_where_only_those_are_allowed(
    api: Api, engine: Engine, host: Host
) -> None:
    host.engine = replace(engine, policy=PlacementPolicy(any_task=False))
    given = {"type": "any", "triggerTaskId": "plain"}

    error = await refused(api, **given)

    assert (error["code"], error["path"]) == ("UNKNOWN_TYPE", ["input", "type"])
    assert (await scheduled(api, caller="admin", **given))["executor"] == "TRIGGER"


async def test_what_runs_on_trigger_dev_is_refused_where_there_is_none(
    api: Api, engine: Engine, host: Host
) -> None:
    host.engine = replace(engine, policy=PlacementPolicy("There is none here."))

    error = await refused(api, type="nightly")

    assert error["__typename"] == "ExecutorError"
    assert error["message"] == "There is none here."
    assert await _count(engine) == 0


async def test_others_cannot_be_scheduled_for(api: Api, engine: Engine) -> None:
    error = await refused(api, userId="user-2")

    assert (error["__typename"], error["requiredScope"], error["path"]) == (
        "ForbiddenError",
        "ADMIN",
        ["input", "userId"],
    )
    assert await _count(engine) == 0


@pytest.mark.parametrize("caller", ["alice", "writer", "reader", "scopeless"])
async def test_the_scopes_of_jobs_do_not_reach_to_schedules(
    api: Api, engine: Engine, caller: str
) -> None:
    error = await refused(api, caller=caller)

    assert (error["__typename"], error["code"], error["requiredScope"]) == (
        "ForbiddenError",
        "FORBIDDEN",
        "SCHEDULES_WRITE",
    )
    assert await _count(engine) == 0


@pytest.mark.parametrize("mutation", CHANGES)
async def test_nor_to_any_change_of_them(api: Api, mutation: str) -> None:
    schedule = await scheduled(api)

    payload = await change(api, mutation, schedule, caller="alice")

    [error] = payload["errors"]
    assert (error["code"], error["requiredScope"]) == ("FORBIDDEN", "SCHEDULES_WRITE")
    assert (await schedule_cron(api))["schedule"] == schedule


# Schedules that Trigger.dev fires.


async def test_trigger_dev_is_yet_to_be_told_when_the_mutation_answers(
    api: Api, rig: Rig
) -> None:
    payload = await schedule_cron(api, **ON_TRIGGER_DEV)

    schedule = payload["schedule"]
    assert (payload["created"], schedule["syncState"]) == (True, "PENDING")
    assert (schedule["triggerScheduleId"], schedule["syncError"]) == (None, None)
    assert await _schedules_over_there(rig) == []


@pytest.mark.usefixtures("rig")
async def test_their_next_run_times_are_those_of_their_clock(
    api: Api, clock: FakeClock
) -> None:
    clock.advance(datetime(2026, 3, 28, 12, tzinfo=UTC) - clock.now())

    schedule = await scheduled(
        api, **ON_TRIGGER_DEV, cron="30 2 * * *", timezone="Europe/Berlin"
    )

    # Ours would fire right after the gap, theirs as long after it as it would have.
    assert schedule["nextRunTimes"] == [
        "2026-03-29T01:30:00.000Z",
        "2026-03-30T00:30:00.000Z",
    ]


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("plain", "Task with identifier plain is not a scheduled task."),
        ("nowhere", "Task with identifier nowhere not found in project."),
    ],
)
async def test_a_task_that_schedules_cannot_trigger_is_refused_in_their_words(
    api: Api, engine: Engine, rig: Rig, task: str, words: str
) -> None:
    error = await refused(api, type="any", owner="TRIGGER_DEV", triggerTaskId=task)

    assert (error["code"], error["path"]) == ("VALIDATION", ["input", "triggerTaskId"])
    assert f"would not fire the task '{task}'" in error["message"]
    assert words in error["message"]
    assert "schedules.task()" in error["message"]
    assert await _count(engine) == 0
    assert await _schedules_over_there(rig) == []


@pytest.mark.usefixtures("rig")
async def test_a_change_to_such_a_task_leaves_the_schedule_as_it_was(api: Api) -> None:
    given = {"type": "any", "owner": "TRIGGER_DEV", "tag": "t"}
    before = await scheduled(api, triggerTaskId="nightly-task", **given)

    await refused(api, triggerTaskId="plain", **given)

    again = await schedule_cron(api, triggerTaskId="nightly-task", **given)
    assert again["schedule"] == before


@pytest.mark.parametrize("fault", [503, 429, 401, Fault.REFUSED, Fault.ANSWER_LOST])
async def test_while_trigger_dev_cannot_be_asked_it_is_accepted_and_told_later(
    api: Api, rig: Rig, fault: Fault | int
) -> None:
    rig.wire.fail("schedules", fault)

    payload = await schedule_cron(
        api, type="any", owner="TRIGGER_DEV", triggerTaskId="plain"
    )

    assert payload["created"] is True
    assert payload["schedule"]["syncState"] == "PENDING"


async def test_a_task_that_they_fire_already_is_not_tried_again(
    api: Api, rig: Rig, registry: Registry, clock: FakeClock
) -> None:
    await scheduled(api, **ON_TRIGGER_DEV)
    borrow = rig.database.connection
    adopter = RunAdopter(borrow, rig.executor, clock, registry)
    syncer = Syncer(borrow, rig.executor, clock, adopter)
    [due] = await syncer.read_due(10)
    assert await syncer.sync(due)
    clock.advance(timedelta(hours=1))
    sent = rig.wire.sent["schedules"]

    changed = await scheduled(api, **ON_TRIGGER_DEV, cron="@yearly")

    assert changed["syncState"] == "PENDING"
    assert changed["triggerScheduleId"].startswith("sched_")
    assert rig.wire.sent["schedules"] == sent


async def test_without_a_trigger_dev_none_can_fire(api: Api, engine: Engine) -> None:
    error = await refused(api, **ON_TRIGGER_DEV)

    assert (error["__typename"], error["code"]) == (
        "ExecutorError",
        "EXECUTOR_UNAVAILABLE",
    )
    assert await _count(engine) == 0


async def test_our_own_clock_fires_any_task_without_asking_trigger_dev(
    api: Api, rig: Rig
) -> None:
    schedule = await scheduled(
        api, type="any", triggerTaskId="plain", timezone="Asia/Kolkata", data={"n": 1}
    )

    assert (schedule["syncState"], schedule["data"]) == (None, {"n": 1})
    assert rig.wire.sent == {}
