"""Schedules, on an emulator."""

from datetime import UTC, datetime

import pytest

from jobwire.triggerdev import (
    InvalidOptionError,
    NotFoundError,
    RunFilter,
    TriggerDevClient,
    UnprocessableError,
    time_zones,
)
from tests.emulator.stage import Stage
from tests.triggerdev.server import FakeTriggerDev, limited

REPORT = "daily-report-generation"


async def test_a_schedule_is_made_and_shown(real: TriggerDevClient) -> None:
    made = await real.schedules.create(
        task_id=REPORT,
        cron="0 9 * * MON-FRI",
        deduplication_key="dev-report",
        timezone="Europe/Berlin",
        external_id="user-7",
        window="30m",
    )

    assert (made.type, made.is_active, made.cron) == (
        "IMPERATIVE",
        True,
        "0 9 * * MON-FRI",
    )
    assert made.description == "At 09:00 AM, Monday through Friday"
    assert made.next_run == datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert made.next_run_effective_at is not None
    assert 0 <= (made.next_run_effective_at - made.next_run).total_seconds() < 1800
    assert (made.external_id, made.window) == ("user-7", "30m")
    shown = await real.schedules.retrieve("dev-report")
    assert (shown.id, shown.next_run) == (made.id, made.next_run)


async def test_the_key_makes_it_the_same_schedule(real: TriggerDevClient) -> None:
    first = await real.schedules.create(
        task_id=REPORT, cron="0 9 * * *", deduplication_key="k", external_id="e"
    )
    again = await real.schedules.create(
        task_id=REPORT, cron="0 10 * * *", deduplication_key="k"
    )

    assert (again.id, again.cron, again.external_id) == (first.id, "0 10 * * *", None)


async def test_an_update_takes_away_what_it_does_not_tell(
    real: TriggerDevClient,
) -> None:
    made = await real.schedules.create(
        task_id=REPORT,
        cron="0 9 * * *",
        deduplication_key="k",
        timezone="Asia/Tokyo",
        external_id="e",
        window="50%",
    )

    after = await real.schedules.update(made.id, task_id=REPORT, cron="*/5 * * * *")

    assert (after.id, after.description) == (made.id, "Every 5 minutes")
    assert (after.timezone, after.external_id, after.window) == ("UTC", None, None)
    unknown = await real.schedules.update(
        "sched_nobody", task_id=REPORT, cron="0 9 * * *"
    )
    assert unknown.id not in {made.id, "sched_nobody"}


async def test_a_schedule_fires_until_it_is_deactivated(
    real: TriggerDevClient, stage: Stage
) -> None:
    made = await real.schedules.create(
        task_id=REPORT, cron="* * * * *", deduplication_key="k"
    )
    await stage.advance(150)
    paused = await real.schedules.deactivate(made.id)
    await stage.advance(300)
    runs = [
        run async for run in real.runs.list(RunFilter(period="1d", schedule_id=made.id))
    ]
    active = await real.schedules.activate(made.id)

    assert (paused.is_active, paused.next_run) == (False, None)
    assert (active.is_active, active.next_run is not None) == (True, True)
    assert [run.created_at.minute for run in runs] == [6, 5]
    assert {run.created_at.second for run in runs} == {0}
    run = await real.runs.retrieve(runs[0].id)
    assert run.schedule is not None
    assert (run.schedule.id, run.schedule.description) == (made.id, "Every minute")
    assert run.payload["timestamp"] == "2026-01-02T03:06:00.000Z"
    assert run.payload["lastTimestamp"] == "2026-01-02T03:05:00.000Z"
    assert len(run.payload["upcoming"]) == 10


async def test_schedules_are_listed_page_by_page(real: TriggerDevClient) -> None:
    for number in range(5):
        await real.schedules.create(
            task_id=REPORT, cron="0 9 * * *", deduplication_key=f"k{number}"
        )

    keys = [one.deduplication_key async for one in real.schedules.list(page_size=2)]
    page = await real.schedules.list_page(page=3, page_size=2)

    assert sorted(keys) == [f"k{number}" for number in range(5)]
    assert (page.page, page.pages, page.count, len(page.schedules)) == (3, 3, 5, 1)


async def test_a_deleted_schedule_is_gone(real: TriggerDevClient) -> None:
    made = await real.schedules.create(
        task_id=REPORT, cron="0 9 * * *", deduplication_key="k"
    )

    await real.schedules.delete(made.id)

    with pytest.raises(NotFoundError, match="Schedule not found"):
        await real.schedules.retrieve(made.id)
    with pytest.raises(NotFoundError):
        await real.schedules.delete(made.id)


async def test_only_scheduled_tasks_can_be_scheduled(real: TriggerDevClient) -> None:
    for task, words in (("my-task", "is not a scheduled task"), ("no", "not found")):
        with pytest.raises(UnprocessableError, match=words):
            await real.schedules.create(
                task_id=task, cron="0 9 * * *", deduplication_key="k"
            )


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"cron": "0 0 0 * * *"}, "cron"),
        ({"cron": "soon"}, "cron"),
        ({"timezone": "Asia/Kolkata"}, "timezone"),
        ({"deduplication_key": ""}, "deduplication_key"),
        ({"task_id": ""}, "task_id"),
        ({"window": "25h"}, "window"),
        ({"window": "0%"}, "window"),
        ({"window": "101%"}, "window"),
        ({"window": "soon"}, "window"),
    ],
)
async def test_what_the_server_would_refuse_late_is_refused_here(
    real: TriggerDevClient, given: dict[str, str], option: str
) -> None:
    good = {"task_id": REPORT, "cron": "0 9 * * *", "deduplication_key": "k"}

    with pytest.raises(InvalidOptionError) as caught:
        await real.schedules.create(**{**good, **given})

    assert (caught.value.option, real.requests) == (option, 0)


async def test_time_zones_are_asked_for_without_the_key(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"timezones": ["Europe/Berlin"]}))

    assert await client.schedules.timezones(exclude_utc=True) == ("Europe/Berlin",)
    assert "authorization" not in server.received[0].headers
    assert server.received[0].query == {"excludeUtc": "true"}


async def test_the_server_names_the_zones_that_are_known_here(
    real: TriggerDevClient,
) -> None:
    assert await real.schedules.timezones() == time_zones()
