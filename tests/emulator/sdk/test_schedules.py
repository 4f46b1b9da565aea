"""The official SDK cannot tell the emulator from the real server: schedules."""

from typing import Any

import pytest

from tests.emulator.sdk.conftest import Talk


@pytest.fixture(scope="module")
async def heard(talk: Talk) -> dict[str, Any]:
    return await talk("schedules.mjs")


def test_schedules_are_made(heard: dict[str, Any]) -> None:
    made = heard["made"]

    assert made["id"].startswith("sched_")
    assert made["generator"]["description"] == "At 12:00 AM"
    assert (made["timezone"], made["externalId"]) == ("America/New_York", "user_1")
    assert made["nextRun"].endswith(":00:00.000Z")
    assert made["nextRun"] <= made["nextRunEffectiveAt"]
    assert heard["windowed"]["window"] == "30m"
    assert heard["retrieved"]["id"] == made["id"]


def test_schedules_are_changed(heard: dict[str, Any]) -> None:
    assert heard["updated"]["generator"]["expression"] == "0 1 * * *"
    assert heard["updated"]["timezone"] == "UTC"
    assert heard["deactivated"]["active"] is False
    assert heard["deactivated"]["nextRun"] is None
    assert heard["activated"]["active"] is True


def test_schedules_are_listed_and_deleted(heard: dict[str, Any]) -> None:
    made, other = heard["made"]["id"], heard["windowed"]["id"]

    assert set(heard["listed"]) == {made, other}
    assert heard["deleted"] == {"id": made}
    assert heard["gone"]["status"] == 404


def test_schedules_that_cannot_be_are_refused(heard: dict[str, Any]) -> None:
    assert heard["badCron"]["status"] == 422
    assert "seconds are not allowed" in heard["badCron"]["message"]


def test_time_zones_are_told(heard: dict[str, Any]) -> None:
    assert heard["zones"] == {"first": "UTC", "all": 419, "others": 418}
