"""The official SDK cannot tell the emulator from the real server: verbs of runs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.emulator.sdk.conftest import Talk


@pytest.fixture(scope="module")
async def heard(talk: Talk) -> dict[str, Any]:
    # Nothing lags here, so that the program need not wait.
    return await talk("runs.mjs", list_lag=timedelta())


def test_a_delayed_run_is_rescheduled(heard: dict[str, Any]) -> None:
    assert heard["rescheduled"]["status"] == "DELAYED"
    assert heard["rescheduledToDate"]["delayedUntil"] == "2040-01-01T00:00:00.000Z"
    assert heard["rescheduleRefused"]["status"] == 400


def test_a_run_is_replayed(heard: dict[str, Any]) -> None:
    run = heard["replayed"]

    assert (run["payload"], run["tags"]) == ({"name": "ann"}, ["a"])
    assert run["metadata"] == {"k": 1}
    assert "delayedUntil" not in run


def test_a_run_is_replayed_with_something_else(heard: dict[str, Any]) -> None:
    run = heard["changed"]

    assert (run["payload"], run["tags"]) == ({"name": "eve"}, ["x"])
    assert run["status"] == "DELAYED"


def test_runs_are_listed_by_every_filter(heard: dict[str, Any]) -> None:
    filtered, changed = heard["filtered"], heard["changed"]["id"]

    assert len(heard["all"]) == len(set(heard["all"])) == 5
    assert filtered["status"] == filtered["tag"] == [changed]
    assert set(filtered["queue"]) == {heard["ids"]["delayed"], changed}
    assert (filtered["period"], filtered["machine"]) == (5, 5)
    for name in ("task", "isTest", "from", "to", "version"):
        assert filtered[name] == [], name


def test_runs_of_a_project_are_listed(heard: dict[str, Any]) -> None:
    assert heard["inProject"] == 5


def test_runs_are_canceled_and_replayed_in_bulk(heard: dict[str, Any]) -> None:
    canceling, replaying = heard["canceling"], heard["replaying"]

    assert (canceling["type"], canceling["status"]) == ("CANCEL", "COMPLETED")
    assert canceling["counts"] == {"total": 2, "success": 2, "failure": 0}
    assert heard["canceled"] == "CANCELED"
    assert (replaying["type"], replaying["counts"]["success"]) == ("REPLAY", 1)
    assert len(heard["ofBulk"]) == 1
    assert heard["actions"] == heard["made"]
    assert heard["aborted"] is True


def test_a_key_is_reset(heard: dict[str, Any]) -> None:
    assert heard["freshIsNew"] is True
    assert heard["resetUnknown"]["status"] == 404


def test_a_run_that_is_missing_is_not_found(heard: dict[str, Any]) -> None:
    assert heard["missing"]["status"] == 404
    assert heard["polled"]["status"] == "COMPLETED"
