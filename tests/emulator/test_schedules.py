"""Schedules that fire by the clock, over restarts and standstills."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import Task
from jobwire.emulator.errors import TaskDefinitionError
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

TICK = Task("tick", duration=0.01, is_scheduled=True)
HOURLY = Task("hourly", duration=0.01, cron="0 * * * *")


async def made(stage: Stage, **body: Any) -> dict[str, Any]:
    whole = {"task": "tick", "cron": "* * * * *", "deduplicationKey": "k", **body}
    answer = await stage.http.post("/api/v1/schedules", json=whole)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def runs_of(stage: Stage, id: str) -> list[str]:
    listed = await stage.listed(**{"filter[schedule]": id, "page[size]": 100})
    return [run["createdAt"][11:16] for run in reversed(listed["data"])]


async def test_a_schedule_fires_at_its_times_after_a_restart_too(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        id = (await made(stage))["id"]
        await stage.advance(60)
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        await stage.advance(60)
        await stage.advance(5)
        assert await runs_of(stage, id) == ["03:05", "03:06"]


async def test_after_a_standstill_it_fires_once_and_nothing_is_made_up_for(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        id = (await made(stage))["id"]
    clock.advance(timedelta(hours=2))
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        await stage.advance(70)
        await stage.advance(5)
        assert await runs_of(stage, id) == ["03:05", "05:05"]
        [late, _] = await stage.listed_ids(**{"filter[schedule]": id})
        assert await stage.status(late) == "COMPLETED"


async def test_a_schedule_that_is_changed_fires_at_its_new_times_only(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        id = (await made(stage))["id"]
        await made(stage, cron="10 * * * *")
        await stage.advance(600)
        assert await runs_of(stage, id) == ["03:10"]
        await stage.http.delete(f"/api/v1/schedules/{id}")
        await stage.advance(4_000)
        assert await runs_of(stage, id) == ["03:10"]


async def test_a_window_delays_the_run_and_not_its_time(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        told = await made(stage, cron="0 4 * * *", window="1h")
        await stage.advance(3_400)
        assert await runs_of(stage, told["id"]) == []
        await stage.advance(3_700)
        assert await runs_of(stage, told["id"]) == ["04:00"]
        assert "2026-01-02T04:00" <= told["nextRunEffectiveAt"] < "2026-01-02T05:00"


async def test_a_task_that_declares_its_schedule_has_it_as_long_as_it_does(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[HOURLY]) as stage:
        [told] = (await stage.http.get("/api/v1/schedules")).json()["data"]
        path = f"/api/v1/schedules/{told['id']}"
        body = {"task": "hourly", "cron": "* * * * *"}
        refused = await stage.http.put(path, json=body)
        await stage.advance(3_600)
        await stage.advance(5)
        assert (told["type"], refused.status_code) == ("DECLARATIVE", 422)
        assert await runs_of(stage, told["id"]) == ["04:00"]
    async with opened(tmp_path, clock, tasks=[HOURLY]) as stage:
        [same] = (await stage.http.get("/api/v1/schedules")).json()["data"]
        assert same["id"] == told["id"]
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        assert (await stage.http.get("/api/v1/schedules")).json()["data"] == []


async def test_a_cron_of_less_than_five_fields_is_their_failure(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        body = {"task": "tick", "cron": "* * *", "deduplicationKey": "k"}
        answer = await stage.http.post("/api/v1/schedules", json=body)

    assert answer.status_code == 500


async def test_a_key_that_is_empty_is_replaced_and_never_shown(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[TICK]) as stage:
        one = await made(stage, deduplicationKey="")
        other = await made(stage, deduplicationKey="")

    assert one["id"] != other["id"]
    assert "deduplicationKey" not in one


def test_a_task_with_a_cron_that_is_none_is_refused() -> None:
    with pytest.raises(TaskDefinitionError, match="its cron 'soon' is none"):
        Task("t", cron="soon")
