"""The official SDK cannot tell the emulator from the real server: runs."""

from typing import Any

import pytest

from tests.emulator.sdk.conftest import Talk


@pytest.fixture(scope="module")
async def heard(talk: Talk) -> dict[str, Any]:
    return await talk("protocol.mjs")


def id_of(heard: dict[str, Any], name: str) -> str:
    return heard["ids"][name]["id"]


def test_a_triggered_run_is_polled_to_its_end(heard: dict[str, Any]) -> None:
    run = heard["polled"]

    assert run["id"] == id_of(heard, "first")
    assert run["status"] == "COMPLETED"
    assert run["payload"] == {"name": "ann", "at": "1970-01-01T00:00:00.000Z"}
    assert run["output"]["message"] == "Hello, ann!"
    assert run["isSuccess"] is True


def test_a_failed_run_tells_its_error(heard: dict[str, Any]) -> None:
    run = heard["failed"]

    assert (run["status"], run["attemptCount"]) == ("FAILED", 1)
    assert run["error"]["message"] == "This task always fails (try 1)"
    assert "payload" not in run


def test_a_run_that_executes_is_canceled(heard: dict[str, Any]) -> None:
    assert heard["executing"]["status"] == "EXECUTING"
    assert heard["executing"]["metadata"]["progress"]["message"] == "1000 of 60000 rows"
    assert heard["cancelAnswer"] == {"id": id_of(heard, "long")}
    assert heard["canceled"]["status"] == "CANCELED"


def test_a_delayed_run_is_retrieved(heard: dict[str, Any]) -> None:
    run = heard["delayed"]

    assert (run["status"], run["ttl"]) == ("DELAYED", "1h")
    assert (run["payload"], run["metadata"]) == ("text", {"k": 1})
    assert "delayedUntil" in run


def test_an_idempotency_key_finds_its_run(heard: dict[str, Any]) -> None:
    assert heard["keyed"]["isCached"] is False
    assert heard["again"] == {"id": heard["keyed"]["id"], "isCached": True}
    assert heard["keyedRun"]["idempotencyKey"] == "order-1"
    assert heard["keyedRun"]["payload"] == 1


def test_lists_are_paged_and_iterated(heard: dict[str, Any]) -> None:
    newest_first = [
        id_of(heard, name) for name in ("keyed", "delayed", "long", "failing", "first")
    ]

    assert heard["pages"] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert heard["iterated"] == newest_first[2:4]


def test_refusals_are_the_errors_of_the_sdk(heard: dict[str, Any]) -> None:
    assert heard["tooManyTags"]["status"] == 422
    assert "Runs can only have 10 tags" in heard["tooManyTags"]["message"]
    assert heard["cancelUnknown"]["status"] == 404
    assert heard["badList"]["status"] == 400


def test_public_tokens_read_what_they_were_made_for(heard: dict[str, Any]) -> None:
    assert heard["byToken"]["own"] == heard["byHandle"] == id_of(heard, "first")
    assert heard["byToken"]["other"]["status"] == 403
