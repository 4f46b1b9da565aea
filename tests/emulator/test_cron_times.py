"""When schedules fire: over both edges of summer time, and in leap years."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.emulator.clock import from_ms, to_ms
from jobwire.emulator.cron_times import fires_after, next_fire, upcoming
from jobwire.emulator.cron_words import describe
from jobwire.triggerdev.cron import read_cron

BERLIN = "Europe/Berlin"


def ms(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


def fires(text: str, zone: str, after: str, count: int) -> list[str]:
    found = upcoming(read_cron(text), zone, ms(after), count)
    return [f"{from_ms(one):%m-%dT%H:%M}" for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 02:30 is left out on 29 March: it is 03:30 on that day.
        ("30 2 * * *", ["03-28T01:30", "03-29T01:30", "03-30T00:30"]),
        # An hour that every hour is, is simply not there.
        ("30 * * * *", ["03-28T00:30", "03-28T01:30", "03-28T02:30"]),
    ],
)
def test_the_hour_that_a_clock_leaves_out(text: str, expected: list[str]) -> None:
    assert fires(text, BERLIN, "2026-03-28T00:00", 3) == expected


def test_every_hour_follows_the_hours_that_there_are() -> None:
    assert fires("0 * * * *", BERLIN, "2026-03-29T00:30", 2) == [
        "03-29T01:00",
        "03-29T02:00",
    ]
    assert fires("0 * * * *", BERLIN, "2026-10-24T23:30", 3) == [
        "10-25T00:00",
        "10-25T01:00",
        "10-25T02:00",
    ]


def test_the_hour_that_a_clock_repeats_fires_once_if_it_is_named() -> None:
    assert fires("30 2 * * *", BERLIN, "2026-10-24T12:00", 2) == [
        "10-25T00:30",
        "10-26T01:30",
    ]


def test_leap_days_are_found_over_a_century() -> None:
    assert next_fire(read_cron("0 0 29 2 *"), "UTC", ms("2096-03-01")) == ms(
        "2104-02-29"
    )


WHOLE = st.sampled_from(["*", "?", "*/7", "1-20/3", "L", "3,17"])


@settings(max_examples=60, deadline=None)
@given(
    minute=st.sampled_from(["*", "0", "*/17", "5,50", "59"]),
    hour=st.sampled_from(["*", "2", "*/5", "0-3", "23"]),
    day=WHOLE,
    weekday=st.sampled_from(["*", "MON", "1-5", "0", "5L", "2#3"]),
    zone=st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Calcutta"]),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - UTC
)
def test_next_times_are_those_of_a_scan_of_every_minute(
    minute: str, hour: str, day: str, weekday: str, zone: str, start: datetime
) -> None:
    cron = read_cron(f"{minute} {hour} {day} * {weekday}")
    begin = start.replace(second=0, microsecond=0, tzinfo=UTC)
    end = begin + timedelta(days=3)
    expected = []
    instant = begin + timedelta(minutes=1)
    while instant <= end:
        local = instant.astimezone(ZoneInfo(zone))
        hours = {local.hour}
        before = (instant - timedelta(hours=1)).astimezone(ZoneInfo(zone))
        if len(cron.hours) < 24:
            if (local.hour - before.hour) % 24 == 2:
                hours.add(local.hour - 1)
            if local.fold:
                hours = set()
        if (
            local.minute in cron.minutes
            and hours & set(cron.hours)
            and cron.is_on(local.date())
        ):
            expected.append(to_ms(instant))
        instant += timedelta(minutes=1)

    found = fires_after(cron, zone, to_ms(begin))

    assert list(islice(found, len(expected))) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("0 * * * *", "Every hour"),
        ("@hourly", "Every hour"),
        ("30 * * * *", "At 30 minutes past the hour"),
        ("0 0 * * *", "At 12:00 AM"),
        ("0 1 * * *", "At 01:00 AM"),
        ("23 12 * * SUN#2", "At 12:23 PM, on the second Sunday of the month"),
        ("0 23 ? * MON-FRI", "At 11:00 PM, Monday through Friday"),
        ("0 9,17 * * *", "At 09:00 AM and 05:00 PM"),
        ("0 0 1 * *", "At 12:00 AM, on day 1 of the month"),
        ("0 0 L * *", "At 12:00 AM, on the last day of the month"),
        ("0 0 1 1 *", "At 12:00 AM, on day 1 of the month, only in January"),
        ("0 0 * * 0", "At 12:00 AM, only on Sunday"),
        ("0 0 * * 5L", "At 12:00 AM, on the last Friday of the month"),
        ("*/15 9-17 * * *", "Every 15 minutes, between 09:00 AM and 05:59 PM"),
    ],
)
def test_expressions_are_told_in_english(text: str, words: str) -> None:
    assert describe(text) == words
