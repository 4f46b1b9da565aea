"""Triggering: what is sent again, what is refused here, and what the answer gives."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    InvalidOptionError,
    NotFoundError,
    RequestTooLargeError,
    ServerError,
    TriggerDevClient,
    TriggerOptions,
)
from tests.clock import FakeClock
from tests.triggerdev.server import FakeTriggerDev, limited, not_found_yet
from tests.triggerdev.wire import SILENCE, Wire

KEYED = TriggerOptions(idempotency_key="k")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"


def _failed() -> Any:
    return limited({"error": "Something went wrong"}, 500)


async def test_without_a_key_a_trigger_that_may_be_accepted_is_not_sent_again(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.answers.append(_failed())

    with pytest.raises(ServerError, match="Something went wrong") as caught:
        await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert not caught.value.is_safe_to_retry
    assert (len(server.received), waits) == (1, [])


async def test_with_a_key_a_trigger_is_sent_again(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.answers.extend([_failed(), limited({"id": "run_9", "isCached": True})])

    triggered = await client.tasks.trigger("hello", {}, KEYED)

    assert (triggered.id, triggered.is_cached) == ("run_9", True)
    first, again = server.received
    assert first == again
    assert waits == [0.5]


async def test_a_caller_who_looks_for_runs_is_not_helped_by_sending_again(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.answers.append(_failed())

    with pytest.raises(ServerError) as caught:
        await client.tasks.trigger("hello", {}, KEYED, resend=False)

    assert caught.value.outcome_unknown
    assert not caught.value.is_safe_to_retry
    assert (len(server.received), waits) == (1, [])


async def test_a_trigger_whose_keyed_attempts_all_fail_stays_unknown(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.extend([_failed(), limited({"error": "Task not found"}, 404)])

    with pytest.raises(NotFoundError) as caught:
        await client.tasks.trigger("hello", {}, KEYED)

    # The first attempt may have made a run all the same.
    assert caught.value.outcome_unknown
    assert caught.value.is_safe_to_retry
    assert caught.value.request is not None
    assert caught.value.request.attempts == 2


async def test_a_refusal_that_asks_to_be_tried_again_is_even_without_a_key(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.answers.append(not_found_yet())

    assert (await client.tasks.trigger("hello", {})).id == "run_1"
    assert waits == [0.5]


async def test_a_refusal_tells_what_was_sent(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"error": "Request body too large"}, 413))

    with pytest.raises(RequestTooLargeError, match="body too large") as caught:
        await client.tasks.trigger("my task", {})

    request, [received] = caught.value.request, server.received
    assert request is not None
    assert (request.method, request.path, request.attempts) == (
        "POST",
        "/api/v1/tasks/my%20task/trigger",
        1,
    )
    assert request.id == received.headers["x-trigger-request-idempotency-key"]
    assert caught.value.is_safe_to_retry


async def test_a_server_that_is_not_ready_says_so(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    words = "Idempotency claim is contended"
    server.answers.append(limited({"error": words}, 503))

    with pytest.raises(ServerError, match=words) as caught:
        await client.tasks.trigger("hello", {})

    assert (caught.value.status, caught.value.is_retryable) == (503, True)


async def test_the_server_s_token_for_the_run_is_given_and_not_shown(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(
        limited({"id": "run_1", "isCached": False}, x_trigger_jwt=TOKEN)
    )

    with_token = await client.tasks.trigger("hello", {})
    without = await client.tasks.trigger("hello", {})

    assert with_token.public_access_token == TOKEN
    assert without.public_access_token is None
    assert TOKEN not in repr(with_token)


async def test_an_instant_that_is_over_is_refused_and_one_to_come_is_sent(
    client: TriggerDevClient, server: FakeTriggerDev, clock: FakeClock
) -> None:
    now = clock.now()

    for over in (now, now - timedelta(days=1)):
        with pytest.raises(InvalidOptionError, match="delay must be later than now"):
            await client.tasks.trigger("hello", {}, TriggerOptions(delay=over))
    await client.tasks.trigger(
        "hello", {}, TriggerOptions(delay=now + timedelta(seconds=1))
    )

    [received] = server.received
    assert received.json["options"] == {"delay": "2026-01-02T03:04:06.000Z"}


async def test_a_trigger_may_be_tried_once(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"error": "not now"}, 503))

    with pytest.raises(ServerError):
        await client.tasks.trigger("hello", {}, attempts=1)

    assert len(server.received) == 1


async def test_what_is_too_late_to_be_sent_is_not_sent(
    client: TriggerDevClient, server: FakeTriggerDev, clock: FakeClock
) -> None:
    now = clock.now()
    await client.tasks.trigger("hello", {}, not_after=now)

    with pytest.raises(ApiConnectionError, match="too late") as caught:
        await client.tasks.trigger("hello", {}, not_after=now - timedelta(seconds=1))

    assert len(server.received) == 1
    assert (caught.value.outcome_unknown, caught.value.is_retryable) == (False, False)


async def test_what_becomes_too_late_while_it_connects_is_not_sent(
    clock: FakeClock,
) -> None:
    moments = [clock.now(), clock.now(), clock.now()]

    def now() -> datetime:
        # The clock moves on between the look before connecting and the one after it.
        return moments.pop(0) if moments else clock.now() + timedelta(minutes=1)

    wire = Wire(SILENCE)
    async with (
        wire.listening(),
        TriggerDevClient(secret_key="tr_dev_x", api_url=wire.url, now=now) as client,
    ):
        with pytest.raises(ApiConnectionError, match="too late") as caught:
            await client.tasks.trigger("hello", {}, not_after=clock.now())

    assert moments == []
    assert wire.heads == []
    assert not caught.value.outcome_unknown
