"""When the policy sends again, and after which wait."""

from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    MalformedResponseError,
    RetryPolicy,
    TriggerDevError,
)
from jobwire.triggerdev.errors import status_error

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEFAULT = RetryPolicy()


def _wait(
    error: TriggerDevError,
    attempt: int = 1,
    *,
    policy: RetryPolicy = DEFAULT,
    repeatable: bool = True,
    waited: float = 0,
    left: float | None = None,
) -> float | None:
    wait = policy.wait_after(
        error,
        attempt,
        repeatable=repeatable,
        waited=timedelta(seconds=waited),
        left=None if left is None else timedelta(seconds=left),
        now=NOW,
        random=Random(1),  # noqa: S311 - the same waits in every run
    )
    return None if wait is None else wait.total_seconds()


def _answered(status: int, **headers: str) -> TriggerDevError:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return status_error("POST", "/x", status=status, headers=told, body=None, now=NOW)


def _limited(seconds: float) -> TriggerDevError:
    reset = int((NOW.timestamp() + seconds) * 1000)
    return _answered(429, x_ratelimit_reset=str(reset))


REFUSED = ApiConnectionError("POST", "/x", httpx.ConnectError("refused"))
LOST = ApiConnectionError("POST", "/x", httpx.ReadError("lost"))


def test_each_wait_is_longer_than_the_last() -> None:
    policy = RetryPolicy(max_attempts=5)

    waits = [_wait(_answered(500), attempt, policy=policy) for attempt in range(1, 6)]

    assert waits == [0.5, 0.8, 1.28, 2.048, None]


def test_no_wait_is_longer_than_the_longest() -> None:
    policy = RetryPolicy(max_attempts=10_000)

    assert _wait(LOST, 20, policy=policy) == _wait(LOST, 9_999, policy=policy) == 10


def test_a_rate_limit_waits_for_its_reset_and_a_little_more() -> None:
    wait = _wait(_limited(3))

    assert wait is not None
    assert 3 <= wait <= 4


def test_a_rate_limit_whose_reset_is_over_waits_as_any_other_error() -> None:
    assert _wait(_limited(-1)) == _wait(_answered(429)) == 0.5


def test_all_waits_of_a_call_have_one_bound() -> None:
    assert _wait(LOST, waited=29.5) == 0.5
    assert _wait(LOST, waited=29.6) is None
    assert _wait(_limited(31)) is None


def test_a_reset_may_be_told_in_seconds() -> None:
    reset = _answered(429, x_ratelimit_reset=str(int(NOW.timestamp()) + 3))

    wait = _wait(reset)

    assert wait is not None
    assert 3 <= wait <= 4


@pytest.mark.parametrize("status", [408, 429, 500, 503])
@pytest.mark.parametrize("told", ["3", "Fri, 02 Jan 2026 03:04:08 GMT"])
def test_the_wait_that_an_answer_asks_for_is_kept(status: int, told: str) -> None:
    wait = _wait(_answered(status, retry_after=told))

    assert wait is not None
    assert 3 <= wait <= 4


def test_the_reset_that_every_answer_tells_delays_only_what_was_limited() -> None:
    reset = str(int((NOW.timestamp() + 9) * 1000))

    assert _wait(_answered(500, x_ratelimit_reset=reset)) == 0.5


def test_callers_that_were_refused_together_part() -> None:
    policy = RetryPolicy(jitter=timedelta(seconds=5))

    waits = {
        policy.wait_after(
            _limited(3),
            1,
            repeatable=True,
            waited=timedelta(),
            now=NOW,
            random=Random(seed),  # noqa: S311 - the same waits in every run
        )
        for seed in range(20)
    }

    assert len(waits) == 20
    assert all(timedelta(seconds=3) <= wait <= timedelta(seconds=8) for wait in waits)


def test_no_wait_ends_after_the_deadline() -> None:
    assert _wait(LOST, left=0.6) == 0.5
    assert _wait(LOST, left=0.5) is None
    assert _wait(_limited(3), left=2) is None


@pytest.mark.parametrize(
    ("error", "retried"),
    [
        (_answered(400), False),
        (_answered(400, x_should_retry="true"), True),
        (_answered(401), False),
        (_answered(403), False),
        (_answered(404), False),
        (_answered(404, x_should_retry="true"), True),
        (_answered(405), False),
        (_answered(408), True),
        (_answered(408, x_should_retry="false"), False),
        (_answered(409), True),
        (_answered(413), False),
        (_answered(422), False),
        (_answered(429), True),
        (_answered(429, x_should_retry="false"), False),
        (_answered(500), True),
        (_answered(500, x_should_retry="false"), False),
        (_answered(502), True),
        (_answered(503), True),
        (_answered(302), False),
        (REFUSED, True),
        (LOST, True),
        (MalformedResponseError("no JSON"), False),
    ],
    ids=lambda value: getattr(value, "message", None),
)
def test_each_way_to_fail_is_tried_again_or_not(
    error: TriggerDevError, *, retried: bool
) -> None:
    assert (_wait(error) is not None) is retried


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (REFUSED, True),
        (_limited(1), True),
        (_answered(404, x_should_retry="true"), True),
        (LOST, False),
        (_answered(500), False),
        (_answered(500, x_should_retry="true"), False),
        (_answered(408), False),
        (_answered(409), False),
    ],
    ids=["refused", "limited", "404 retry", "lost", "500", "500 retry", "408", "409"],
)
def test_what_must_not_be_done_twice_is_sent_again_only_if_it_was_not_accepted(
    error: TriggerDevError,
    *,
    waits: bool,
) -> None:
    assert (_wait(error, repeatable=False) is not None) is waits
    assert _wait(error) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_attempts": 0},
        {"factor": 0.5},
        {"min_delay": timedelta(seconds=-1)},
        {"max_wait": timedelta(seconds=-1)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be from 1 on"):
        RetryPolicy(**wrong)
