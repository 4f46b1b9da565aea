from datetime import UTC, datetime

import pytest

from jobwire.emulator.clock import to_ms
from jobwire.emulator.durations import (
    parse_date,
    parse_delay,
    parse_duration,
    parse_period,
    write_duration,
)

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90_000),
        ("1h30m", 1.5 * HOUR),
        ("30m1h", 1.5 * HOUR),
        ("2hr", 2 * HOUR),
        ("1w2d", 9 * 24 * HOUR),
        ("1h1h", HOUR),
        ("0s", 0),
        ("", None),
        ("5", None),
        ("5 m", None),
        ("5min", None),
        ("5ms", None),
        ("1.5h", None),
        ("s" * 101, None),
        ("1s" * 51, None),
    ],
)
def test_a_duration_is_whole_numbers_of_units(text: str, expected: int | None) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, None), (1, "1s"), (600, "10m"), (4200, "1h10m"), (694_861, "1w1d1h1m1s")],
)
def test_seconds_are_written_as_a_duration(seconds: int, text: str | None) -> None:
    assert write_duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7d", 7 * 24 * HOUR), ("1.5h", 1.5 * HOUR), ("10 min", HOUR / 6), ("soon", None)],
)
def test_a_period_is_read_more_freely(text: str, expected: int | None) -> None:
    assert parse_period(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03-04T05:06:07.890Z", datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)),
        ("2026-03-04T05:06:07+02:00", datetime(2026, 3, 4, 3, 6, 7, tzinfo=UTC)),
        ("Wed, 04 Mar 2026 05:06:07 GMT", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("soonish", None),
    ],
)
def test_a_date_is_read_as_in_javascript(text: str, expected: datetime | None) -> None:
    assert parse_date(text) == (None if expected is None else to_ms(expected))


def test_a_delay_of_nothing_or_into_the_past_is_none() -> None:
    now = to_ms(datetime(2026, 1, 1, tzinfo=UTC))

    assert parse_delay("1h", now) == now + HOUR
    assert parse_delay("0s", now) is None
    assert parse_delay("2026-01-01T00:00:00.000Z", now) is None
    assert parse_delay("9" * 50 + "w", now) is None
