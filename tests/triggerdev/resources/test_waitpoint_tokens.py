"""Waitpoint tokens, on an emulator."""

from datetime import UTC, datetime, timedelta

import pytest

from jobwire.triggerdev import (
    InvalidOptionError,
    NotFoundError,
    TriggerDevClient,
    WaitpointTokenFilter,
    WaitpointTokenStatus,
)
from tests.clock import FakeClock
from tests.emulator.stage import Stage


async def test_a_token_is_made_and_retrieved(
    real: TriggerDevClient, clock: FakeClock
) -> None:
    made = await real.waitpoint_tokens.create(
        timeout=timedelta(minutes=10), tags=["w"], idempotency_key="k"
    )
    again = await real.waitpoint_tokens.create(
        idempotency_key="k", idempotency_key_ttl="1h"
    )
    token = await real.waitpoint_tokens.retrieve(made.id)

    assert (made.is_cached, again.is_cached, again.id) == (False, True, made.id)
    assert made.public_access_token is not None
    assert token.status == WaitpointTokenStatus.WAITING
    assert (token.url, token.tags, token.idempotency_key) == (made.url, ("w",), "k")
    assert token.timeout_at == clock.now() + timedelta(minutes=10)
    assert (token.data, token.completed_at) == (None, None)


@pytest.mark.parametrize("data", [{"ok": True}, "text", None, [1], 0])
async def test_a_token_is_completed_with_data(
    real: TriggerDevClient, data: object
) -> None:
    made = await real.waitpoint_tokens.create()
    await real.waitpoint_tokens.complete(made.id, data)
    await real.waitpoint_tokens.complete(made.id, "late")
    token = await real.waitpoint_tokens.retrieve(made.id)

    assert (token.status, token.data) == ("COMPLETED", data)
    assert token.completed_at is not None
    assert token.output_is_error is False


async def test_a_token_times_out_at_its_instant(
    real: TriggerDevClient, stage: Stage, clock: FakeClock
) -> None:
    made = await real.waitpoint_tokens.create(
        timeout=clock.now() + timedelta(seconds=5)
    )
    await stage.advance(6)
    token = await real.waitpoint_tokens.retrieve(made.id)

    assert (token.status, token.output_is_error) == ("TIMED_OUT", True)


async def test_tokens_are_listed_by_filters_in_pages(real: TriggerDevClient) -> None:
    ids = [(await real.waitpoint_tokens.create(tags=["a"])).id for _ in range(5)]
    await real.waitpoint_tokens.complete(ids[0])
    filter = WaitpointTokenFilter(
        statuses=["WAITING"], tags=["a", "b"], period=timedelta(hours=1)
    )

    found = [
        token.id async for token in real.waitpoint_tokens.list(filter, page_size=2)
    ]
    page = await real.waitpoint_tokens.list_page(page_size=2)

    assert found == ids[:0:-1]
    assert (len(page.tokens), page.next_cursor is not None) == (2, True)
    assert page.previous_cursor is None


async def test_a_token_that_is_missing_is_not_found(real: TriggerDevClient) -> None:
    with pytest.raises(NotFoundError):
        await real.waitpoint_tokens.retrieve("waitpoint_none")
    with pytest.raises(NotFoundError):
        await real.waitpoint_tokens.complete("waitpoint_none")


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": "soon"},
        {"timeout": "1h1h"},
        {"timeout": timedelta()},
        {"timeout": datetime(2001, 1, 1, tzinfo=UTC)},
        {"timeout": datetime(2100, 1, 1)},  # noqa: DTZ001 - naive
        {"tags": "w"},
        {"tags": ["a,b"]},
        {"tags": ["x" * 129]},
        {"tags": [str(n) for n in range(11)]},
        {"idempotency_key": ""},
        {"idempotency_key_ttl": "1h"},
        {"idempotency_key": "k", "idempotency_key_ttl": "1h30m"},
        {"idempotency_key": "k", "idempotency_key_ttl": "1w"},
    ],
)
async def test_options_that_cannot_be_are_refused_here(
    real: TriggerDevClient, options: dict[str, object]
) -> None:
    with pytest.raises(InvalidOptionError):
        await real.waitpoint_tokens.create(**options)
    assert real.requests == 0


@pytest.mark.parametrize(
    "filter",
    [
        {"statuses": ["DONE"]},
        {"tags": ["a,b"]},
        {"idempotency_key": ""},
        {"period": "long"},
        {"created_from": datetime(2026, 1, 1)},  # noqa: DTZ001 - naive
    ],
)
def test_filters_that_cannot_be_are_refused_here(filter: dict[str, object]) -> None:
    with pytest.raises(InvalidOptionError):
        WaitpointTokenFilter(**filter)
