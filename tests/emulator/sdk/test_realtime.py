"""The official SDK cannot tell the emulator from the real server: Realtime."""

from typing import Any

import pytest

from tests.emulator.sdk.conftest import Talk


@pytest.fixture(scope="module")
async def heard(talk: Talk) -> dict[str, Any]:
    return await talk("realtime.mjs")


def test_a_run_is_followed_to_its_end(heard: dict[str, Any]) -> None:
    states = list(dict.fromkeys(heard["states"]))

    assert states[-1] == "COMPLETED"
    order = ["QUEUED", "DEQUEUED", "EXECUTING", "COMPLETED"]
    assert states == [state for state in order if state in states]
    assert "EXECUTING" in states
    last = heard["last"]
    assert (last["id"], last["isSuccess"]) == (heard["id"], True)
    assert last["tags"] == ["a", 'b "c"']
    assert last["payload"] == {"seconds": 1}
    assert last["output"]
    assert last["metadata"]["k"] == 1


def test_a_public_token_follows_its_run(heard: dict[str, Any]) -> None:
    assert heard["byToken"] == ["COMPLETED"]


def test_only_runs_with_all_tags_are_followed(heard: dict[str, Any]) -> None:
    found = heard["tagged"]

    assert {run["id"] for run in found["heard"]} == {found["id"]}
    assert found["heard"][-1]["status"] == "COMPLETED"


def test_a_run_that_begins_later_is_followed_too(heard: dict[str, Any]) -> None:
    assert heard["laterHeard"] == {
        "id": heard["later"]["id"],
        "status": "COMPLETED",
        "payload": None,
    }


def test_a_subscription_is_stopped_early(heard: dict[str, Any]) -> None:
    assert heard["stoppedAt"] in {"QUEUED", "DEQUEUED", "EXECUTING"}


async def test_the_runs_of_a_batch_are_followed(talk: Talk) -> None:
    heard = await talk("realtime_batch.mjs")

    assert heard["ended"] == dict.fromkeys(heard["ids"], "COMPLETED")
