"""Token buckets: never more than was brought, never less than is due, nothing kept."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.jobs import token_buckets
from jobwire.jobs.token_buckets import Bucket, TokenBuckets

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

RATES = st.one_of(st.integers(1, 100), st.sampled_from([7_000, 60_000, 10**9]))
#: Steps of a clock that mostly goes on and sometimes back, each with what is asked.
STEPS = st.lists(
    st.tuples(
        st.timedeltas(timedelta(minutes=-2), timedelta(minutes=2)), st.integers(0, 20)
    ),
    max_size=30,
)


def _takes(buckets: TokenBuckets, bucket: Bucket, now: datetime, count: int) -> int:
    return sum(buckets.take([bucket], now=now) is None for _ in range(count))


@given(RATES, STEPS)
@settings(max_examples=200, deadline=None)
def test_nobody_takes_more_than_the_burst_and_what_time_has_brought(
    per_minute: int, steps: list[tuple[timedelta, int]]
) -> None:
    buckets, bucket = TokenBuckets(), Bucket("ann", per_minute)
    now, forward, taken = NOON, timedelta(), 0
    for step, asked in steps:
        now += step
        forward += max(step, timedelta())
        taken += _takes(buckets, bucket, now, asked)

        assert taken <= per_minute + Fraction(forward / MINUTE) * per_minute


@given(RATES, STEPS)
@settings(max_examples=200, deadline=None)
def test_whoever_waits_as_long_as_they_are_told_is_served(
    per_minute: int, steps: list[tuple[timedelta, int]]
) -> None:
    buckets, bucket = TokenBuckets(), Bucket("ann", per_minute)
    now = NOON
    for step, asked in steps:
        now += step
        _takes(buckets, bucket, now, asked)
    while (short := buckets.take([bucket], now=now)) is None and per_minute <= 100:
        pass
    if short is None:
        return

    assert short.bucket == bucket
    assert timedelta() < short.wait <= MINUTE / per_minute + timedelta(milliseconds=1)
    early = now + short.wait - timedelta(milliseconds=2)
    if early > now:
        assert buckets.take([bucket], now=early) is not None
    assert buckets.take([bucket], now=now + short.wait) is None


@pytest.mark.parametrize("per_minute", [1, 7, 60, 60_000])
def test_a_full_bucket_holds_what_one_minute_brings(per_minute: int) -> None:
    buckets, bucket = TokenBuckets(), Bucket("ann", per_minute)

    assert _takes(buckets, bucket, NOON, per_minute + 1) == per_minute
    assert _takes(buckets, bucket, NOON + 2 * MINUTE, per_minute + 1) == per_minute


def test_a_bucket_fills_evenly() -> None:
    buckets, bucket = TokenBuckets(), Bucket("ann", 60)
    _takes(buckets, bucket, NOON, 60)

    for second in range(1, 10):
        now = NOON + timedelta(seconds=second)
        assert _takes(buckets, bucket, now, 2) == 1


def test_a_clock_that_goes_back_for_a_while_takes_and_gives_nothing() -> None:
    buckets, bucket = TokenBuckets(), Bucket("ann", 60)
    _takes(buckets, bucket, NOON, 60)

    before = NOON - timedelta(days=365)
    assert _takes(buckets, bucket, before, 1) == 0
    assert _takes(buckets, bucket, before + timedelta(seconds=2), 3) == 2


def test_of_two_buckets_both_give_or_neither() -> None:
    buckets = TokenBuckets()
    user, key = Bucket("user", 60), Bucket("key", 1)
    assert buckets.take([user, key], now=NOON) is None

    short = buckets.take([user, key], now=NOON)

    assert short is not None
    assert (short.bucket, short.wait) == (key, MINUTE)
    assert _takes(buckets, user, NOON, 60) == 59


def test_of_two_that_lack_a_token_the_one_that_lacks_it_longer_is_told() -> None:
    buckets = TokenBuckets()
    both = [Bucket("key", 2), Bucket("user", 1)]
    for bucket in both:
        _takes(buckets, bucket, NOON, 2)

    short = buckets.take(both, now=NOON)

    assert short is not None
    assert short.bucket == both[1]


def test_one_bucket_is_nothing_to_another() -> None:
    buckets = TokenBuckets()
    _takes(buckets, Bucket("ann", 1), NOON, 2)

    assert _takes(buckets, Bucket("ben", 1), NOON, 2) == 1


def test_full_buckets_are_forgotten_whoever_comes() -> None:
    buckets = TokenBuckets()
    most = 0
    for number in range(100_000):
        now = NOON + number * timedelta(milliseconds=10)
        buckets.take([Bucket(number, 60)], now=now)
        most = max(most, len(buckets))

    # Each is full again after a second, in which 100 others come.
    assert most <= 2 * 100
    _takes(buckets, Bucket("ann", 60), NOON + timedelta(days=1), 100)
    assert len(buckets) == 1


def test_no_more_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_buckets, "MAX_BUCKETS", 1_000)
    buckets = TokenBuckets()
    for number in range(10_000):
        buckets.take([Bucket(number, 1)], now=NOON)

        assert len(buckets) <= 1_000
