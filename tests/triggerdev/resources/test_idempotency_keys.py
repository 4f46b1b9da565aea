"""Idempotency keys: the official SDK makes the same ones."""

import pytest

from jobwire.triggerdev import (
    IdempotencyKey,
    InvalidOptionError,
    NotFoundError,
    TriggerDevClient,
    TriggerOptions,
    create_idempotency_key,
)

ORDER_1 = "0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057"
A_B = "d44362d67d921091c7b9674d752e9e23c1f9ec8a4f0b82741bf01364eb97c830"


def test_a_key_is_hashed_as_by_the_official_sdk() -> None:
    assert create_idempotency_key("order-1") == IdempotencyKey(
        ORDER_1, "order-1", "global"
    )
    assert create_idempotency_key(["a", "b"]).value == A_B
    assert str(create_idempotency_key("a-b")) == A_B


def test_the_scope_of_a_run_and_of_an_attempt_add_what_they_are() -> None:
    of_run = create_idempotency_key("a", scope="run", run_id="b")
    of_attempt = create_idempotency_key("a", scope="attempt", run_id="b", attempt=2)

    assert (of_run.value, of_run.original) == (A_B, "a")
    assert of_attempt.value == create_idempotency_key(["a", "b", "2"]).value


@pytest.mark.parametrize(
    "given",
    [
        {"key": ""},
        {"key": []},
        {"key": ["a", ""]},
        {"key": "a", "scope": "run"},
        {"key": "a", "scope": "attempt", "run_id": "b"},
    ],
)
def test_a_key_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(InvalidOptionError):
        create_idempotency_key(**given)


async def test_a_key_that_is_reset_makes_a_new_run(
    real: TriggerDevClient,
) -> None:
    key = create_idempotency_key("order-1")
    options = TriggerOptions(idempotency_key=key.value)
    first = await real.tasks.trigger("my-task", None, options)
    again = await real.tasks.trigger("my-task", None, options)

    await real.idempotency_keys.reset("my-task", key)
    fresh = await real.tasks.trigger("my-task", None, options)

    assert (again.id, again.is_cached) == (first.id, True)
    assert (fresh.id != first.id, fresh.is_cached) == (True, False)


async def test_a_key_that_no_run_has_cannot_be_reset(
    real: TriggerDevClient,
) -> None:
    with pytest.raises(NotFoundError, match="No runs found with idempotency key: nope"):
        await real.idempotency_keys.reset("my-task", "nope")
