"""Scheduling by a cron: one schedule for each key, changed by scheduling again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.errors import (
    ForbiddenError,
    InvalidInputError,
    JobError,
    UnknownTypeError,
    VersionConflictError,
)
from jobwire.jobs.placement import PlacementPolicy
from jobwire.models.vocabulary import (
    Executor,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
)
from tests.jobs.cron.conftest import NOON, Crons

HOUR = timedelta(hours=1)
ON_TRIGGER_DEV: dict[str, Any] = {
    "type": "nightly",
    "owner": ScheduleOwner.TRIGGER_DEV,
}


async def test_what_is_left_out_has_its_default(crons: Crons) -> None:
    made = await crons.scheduled("0 9 * * MON-FRI")

    schedule = made.schedule
    assert made.created
    assert schedule.public_id.startswith("sch_")
    assert (schedule.key, schedule.tag, schedule.user_id) == (
        "reports",
        "reports",
        "user-1",
    )
    assert (schedule.executor, schedule.owner) == ("internal", "JOBWIRE")
    assert (schedule.timezone, schedule.data) == ("UTC", "{}")
    assert (schedule.overlap_policy, schedule.misfire_policy) == ("SKIP", "RUN_ONCE")
    assert (schedule.is_paused, schedule.sync_state, schedule.version) == (
        False,
        None,
        1,
    )
    assert schedule.next_tick_at == NOON.replace(day=16, hour=9)
    assert schedule.created_at == crons.clock.now()


async def test_scheduling_again_with_the_key_changes_the_schedule(
    crons: Crons,
) -> None:
    first = await crons.schedule(key="k", data={"n": 1}, retry_config={"factor": 3})
    crons.clock.advance(60)

    again = await crons.scheduled("30 * * * *", key="k", tag="other")

    assert not again.created
    assert again.schedule.id == first.id
    assert (again.schedule.version, again.schedule.tag) == (2, "other")
    # What is left out has its default again.
    assert (again.schedule.data, again.schedule.retry_config) == ("{}", None)
    assert again.schedule.next_tick_at == NOON + HOUR / 2
    assert again.schedule.updated_at == crons.clock.now()


async def test_asking_for_what_there_is_changes_nothing(crons: Crons) -> None:
    given = {"data": {"b": 1, "a": 2}, "retry_config": {"factor": 3, "maxAttempts": 1}}
    first = await crons.schedule(**given)
    crons.clock.advance(60)

    again = await crons.scheduled(**given)

    assert (again.schedule, again.created) == (first, False)


async def test_a_change_of_other_things_keeps_the_next_tick(crons: Crons) -> None:
    first = await crons.schedule()
    # It is due, and nobody has looked yet.
    crons.clock.advance(HOUR + timedelta(seconds=1))

    again = await crons.schedule(data={"n": 2})

    assert again.next_tick_at == first.next_tick_at
    await crons.tick()
    [job] = await crons.jobs()
    assert job.data == '{"n": 2}'


async def test_a_pause_stays_when_it_is_scheduled_again(crons: Crons) -> None:
    await crons.pause(await crons.schedule())

    again = await crons.schedule("30 * * * *")

    assert (again.is_paused, again.next_tick_at) == (True, None)
    assert (await crons.resume(again)).next_tick_at == NOON + HOUR / 2


async def test_keys_are_unique_for_each_user_and_free_after_a_deletion(
    crons: Crons,
) -> None:
    first = await crons.schedule(key="k")
    await crons.delete(first)

    second = await crons.scheduled(key="k")

    assert second.created
    assert second.schedule.id != first.id


async def test_ten_at_once_make_one_schedule(crons: Crons) -> None:
    made = await asyncio.gather(*(crons.scheduled() for _ in range(10)))

    assert len({one.schedule.id for one in made}) == 1
    assert sum(one.created for one in made) == 1


async def test_a_version_lets_a_change_through_only_if_it_is_still_right(
    crons: Crons,
) -> None:
    await crons.schedule(if_version=0)
    with pytest.raises(VersionConflictError, match="job schedule has the version 1"):
        await crons.schedule("30 * * * *", if_version=0)

    await crons.schedule("30 * * * *", if_version=1)

    with pytest.raises(VersionConflictError, match="version 2, not 1"):
        await crons.schedule("15 * * * *", if_version=1)
    with pytest.raises(VersionConflictError, match="version 0, not 1"):
        await crons.schedule(key="nobody's", if_version=1)


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"cron": "0 0 0 * * *"}, "cron", "seconds"),
        ({"timezone": "Mars/X"}, "timezone", "Mars/X"),
        ({"tag": ""}, "tag", "1 to 120"),
        ({"key": ""}, "key", "1 to 255"),
        ({"retry_config": {"factor": 0.5}}, "retryConfig", "factor must be from 1"),
        ({"executor": Executor.TRIGGER}, "executor", "is registered to run INTERNAL"),
        (
            {"misfire_window": timedelta(hours=2)},
            "misfireWindow",
            "RUN_ALL reaches, and the policy is RUN_ONCE",
        ),
        (
            {
                "misfire_policy": MisfirePolicy.RUN_ALL,
                "misfire_window": timedelta(seconds=59),
            },
            "misfireWindow",
            "PT1M to P366D, not PT59S",
        ),
        (
            {
                "misfire_policy": MisfirePolicy.RUN_ALL,
                "overlap_policy": OverlapPolicy.CANCEL_RUNNING,
            },
            "misfirePolicy",
            "each missed tick would cancel",
        ),
        ({"owner": ScheduleOwner.TRIGGER_DEV}, "owner", "fires its own tasks only"),
        (ON_TRIGGER_DEV | {"data": {"n": 1}}, "data", "carry no data"),
        (
            ON_TRIGGER_DEV | {"retry_config": {"factor": 2}},
            "retryConfig",
            "that of the task holds",
        ),
        (
            ON_TRIGGER_DEV | {"overlap_policy": OverlapPolicy.SKIP},
            "overlapPolicy",
            "whether or not an earlier run is open",
        ),
        (
            ON_TRIGGER_DEV | {"misfire_policy": MisfirePolicy.RUN_ALL},
            "misfirePolicy",
            "one missed tick at most",
        ),
        (
            ON_TRIGGER_DEV | {"timezone": "Asia/Kolkata"},
            "timezone",
            "Asia/Calcutta",
        ),
        (
            ON_TRIGGER_DEV | {"cron": "0 0 */2 * MON"},
            "cron",
            "only Trigger.dev would run on",
        ),
        (ON_TRIGGER_DEV | {"cron": "0 0 W * *"}, "cron", "W"),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_reason(
    crons: Crons, given: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await crons.schedule(**given)

    assert (caught.value.path or ())[0] == path
    assert words in caught.value.message
    assert await crons.fetch("SELECT FROM job_schedules") == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"type": "nobody-knows"}, UnknownTypeError),
        ({"user_id": "user-2"}, ForbiddenError),
        (
            {
                "type": "any",
                "trigger_task_id": "any-task",
                "policy": PlacementPolicy(any_task=False),
            },
            UnknownTypeError,
        ),
    ],
)
async def test_types_and_users_are_held_to_what_holds_for_jobs(
    crons: Crons, given: dict[str, Any], error: type[JobError]
) -> None:
    with pytest.raises(error):
        await crons.schedule(**given)


async def test_where_trigger_dev_fires_it_is_to_be_told(crons: Crons) -> None:
    schedule = await crons.schedule("0 0 * * *", **ON_TRIGGER_DEV)

    assert (schedule.owner, schedule.trigger_task_id) == ("TRIGGER_DEV", "nightly-task")
    assert (schedule.overlap_policy, schedule.misfire_policy) == ("ALLOW", "RUN_ONCE")
    assert (schedule.sync_state, schedule.next_tick_at) == ("PENDING", None)

    await crons.pass_time(timedelta(days=2), step=HOUR)
    assert await crons.jobs() == []


async def test_a_trigger_task_fired_by_our_own_clock_may_have_everything(
    crons: Crons,
) -> None:
    await crons.schedule(
        type="nightly",
        timezone="Asia/Kolkata",
        data={"n": 1},
        overlap_policy=OverlapPolicy.ALLOW,
        misfire_policy=MisfirePolicy.RUN_ALL,
    )

    await crons.pass_time(HOUR)

    [job] = await crons.jobs()
    assert (job.executor, job.trigger_task_id, job.data) == (
        "trigger",
        "nightly-task",
        '{"n": 1}',
    )
    # 12:00 UTC is 17:30 there.
    assert await crons.ticks() == ["01-15 12:30"]
