"""The client reads what a real server answered: runs, lists, and every refusal."""

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from jobwire.triggerdev import (
    ApiStatusError,
    RetryPolicy,
    TriggerDevClient,
)
from jobwire.triggerdev.runs import read_run, read_run_page
from tests.emulator.transcripts.recording import Exchange, exchanges

_NOW = datetime(2026, 11, 23, 20, 0, 24, 525_000, tzinfo=UTC)


def answers_to(method: str, path: str) -> list[Exchange]:
    found = [
        one
        for one in exchanges()
        if one.request.method == method
        and one.request.path.startswith(path)
        and one.answer.status == 200
    ]
    assert found
    return found


RUNS = [
    one
    for one in answers_to("GET", "/api/v3/runs/")
    if one.request.path.count("/") == 4
]
REFUSALS = [one for one in exchanges() if one.answer.status >= 400]


def keyed(found: list[Exchange]) -> Any:
    return pytest.mark.parametrize("one", found, ids=lambda one: one.key)


@keyed(RUNS)
def test_a_recorded_run_is_read(one: Exchange) -> None:
    body = one.answer.body

    run = read_run(body)

    assert (run.id, run.status, run.ttl) == (
        body["id"],
        body["status"],
        body.get("ttl"),
    )
    assert run.known_status is not None
    assert run.is_terminal == (body["isCompleted"] or body["status"] == "EXPIRED")
    assert (run.payload, run.output) == (body["payload"], body.get("output"))
    assert run.attempt_count == body["attemptCount"]
    assert (run.error and run.error.message) == body.get("error", {}).get("message")
    assert _text(run.created_at) == body["createdAt"]
    assert (run.finished_at and _text(run.finished_at)) == body.get("finishedAt")


@keyed(answers_to("GET", "/api/v1/runs?"))
def test_a_recorded_list_is_read(one: Exchange) -> None:
    body = one.answer.body

    page = read_run_page(body)

    assert [run.id for run in page.runs] == [run["id"] for run in body["data"]]
    assert page.next_cursor == body["pagination"].get("next")


@keyed(REFUSALS)
async def test_a_recorded_refusal_is_an_error_that_says_as_much(
    one: Exchange, refused: Callable[[Exchange], Coroutine[Any, Any, ApiStatusError]]
) -> None:
    answer = one.answer

    error = await refused(one)

    assert error.status == answer.status
    if isinstance(answer.body, dict):
        assert answer.body["error"] in error.message
    told = answer.headers.get("x-should-retry")
    assert error.is_retryable == (told == "true" or answer.status in {429, 500})


@pytest.fixture
def refused() -> Callable[[Exchange], Coroutine[Any, Any, ApiStatusError]]:
    async def ask(one: Exchange) -> ApiStatusError:
        body = one.answer.body
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {
            name: value
            for name, value in one.answer.headers.items()
            if name not in {"content-length", "transfer-encoding"} and value.isascii()
        }
        response = httpx.Response(one.answer.status, headers=headers, text=text)
        async with TriggerDevClient(
            secret_key="tr_dev_4f9sKq2LmXw7",
            transport=httpx.MockTransport(lambda _: response),
            retries=RetryPolicy(max_attempts=1),
            now=lambda: _NOW,
        ) as client:
            with pytest.raises(ApiStatusError) as raised:
                await client._sender.call(  # noqa: SLF001 - what all its calls go through
                    one.request.method, "/api/v1/any", repeatable=False
                )
        return raised.value

    return ask


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
