"""The official SDK cannot tell the emulator from the real server: queues and tokens."""

from typing import Any

import pytest

from jobwire.emulator import TASKS, Queue
from tests.emulator.sdk.conftest import Talk

KEYS = {
    # With this the SDK signs public tokens itself.
    "root": "tr_dev_4f9sKq2LmXw7",
    # With such an additional key it has the server make them.
    "additional": "tr_dev_sk_4f9sKq2LmXw7aB3cD5eF6gH8",
}


@pytest.fixture(scope="module", params=KEYS)
async def heard(talk: Talk, request: pytest.FixtureRequest) -> dict[str, Any]:
    queues = [Queue("mail/out", concurrency_limit=2)]
    key = KEYS[request.param]
    return await talk("queues.mjs", tasks=TASKS, queues=queues, secret_key=key)


def test_queues_are_listed(heard: dict[str, Any]) -> None:
    assert heard["page"] == {
        "names": ["always-fails", "daily-report-generation"],
        "pagination": {"currentPage": 1, "totalPages": 3, "count": 5},
    }
    assert heard["all"] == [
        "always-fails",
        "daily-report-generation",
        "mail/out",
        "my-task",
        "process-large-dataset",
    ]


def test_queues_are_retrieved_in_every_way(heard: dict[str, Any]) -> None:
    assert heard["byId"] == heard["ofTask"]
    assert (heard["ofTask"]["name"], heard["ofTask"]["type"]) == ("my-task", "task")
    assert (heard["custom"]["name"], heard["custom"]["type"]) == ("mail/out", "custom")
    assert heard["custom"]["concurrencyLimit"] == 2
    assert heard["missing"]["status"] == 404


def test_queues_are_paused_and_limited(heard: dict[str, Any]) -> None:
    assert (heard["paused"]["paused"], heard["resumed"]["paused"]) == (True, False)
    assert heard["overridden"]["concurrency"]["override"] == 5
    assert heard["overridden"]["concurrency"]["base"] == 2
    assert heard["tooMany"]["status"] == 400
    assert heard["reset"]["concurrencyLimit"] == 2


def test_waitpoint_tokens_are_made_and_completed(heard: dict[str, Any]) -> None:
    assert heard["token"]["isCached"] is False
    assert heard["token"]["publicAccessToken"].count(".") == 2
    assert (heard["cached"]["id"], heard["cached"]["isCached"]) == (
        heard["token"]["id"],
        True,
    )
    assert heard["waiting"]["status"] == "WAITING"
    assert heard["completed"] == {"success": True}
    assert (heard["done"]["status"], heard["done"]["output"]) == (
        "COMPLETED",
        {"ok": True},
    )
    assert heard["posted"] == {"status": 200, "body": {"success": True}}


def test_waitpoint_tokens_are_listed(heard: dict[str, Any]) -> None:
    assert heard["listed"] == heard["made"]
    assert heard["listedByTag"] == ["COMPLETED"]


def test_public_tokens_do_what_they_may_and_as_often(heard: dict[str, Any]) -> None:
    assert heard["once"]["second"]["status"] == 422
    assert len(set(heard["many"])) == 2
    assert heard["read"]["run"] == heard["once"]["first"]
    assert heard["read"]["refused"]["status"] == 403
