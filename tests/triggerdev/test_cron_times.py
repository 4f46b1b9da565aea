"""When schedules fire: over both edges of summer time, and in leap years."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.triggerdev.cron import CronError, read_cron
from jobwire.triggerdev.cron_times import fires_after, next_fire, upcoming

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(text: str, zone: str, after: str, count: int) -> list[str]:
    found = upcoming(read_cron(text), zone, utc(after), count)
    return [f"{one:%m-%dT%H:%M}" for one in found]


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
    assert next_fire(read_cron("0 0 29 2 *"), "UTC", utc("2096-03-01")) == utc(
        "2104-02-29"
    )


def test_a_search_that_the_server_gives_up_fails() -> None:
    cron = read_cron("0 0 * 2 MON#5")

    assert next_fire(cron, "UTC", utc("2026-01-01")) == utc("2044-02-29")
    with pytest.raises(CronError, match="loop limit exceeded"):
        next_fire(cron, "UTC", utc("2044-03-01"))


def test_the_calendar_ends_it() -> None:
    late = utc("9999-12-30T00:00")

    assert len(list(fires_after(read_cron("0 0 * * *"), "UTC", late))) <= 1


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
            expected.append(instant)
        instant += timedelta(minutes=1)

    found = fires_after(cron, zone, begin)

    assert list(islice(found, len(expected))) == expected
