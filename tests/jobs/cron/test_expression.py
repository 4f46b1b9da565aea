"""Cron expressions against Debian's cron, which is run minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.jobs.cron.expression import Expression, read_expression
from jobwire.jobs.cron.time_zone import check_zone
from tests.jobs.cron.debian import Entry, minutes_of, utc

DAYS = 4
EXPRESSIONS = (
    "* * * * *",
    "*/20 * * * *",
    "0 * * * *",
    "17 */3 * * *",
    "*/30 0-3 * * *",
    "0 0 * * *",
    "30 0 * * *",
    "59 23 * * *",
    "15 2 * * *",
    "30 2 * * *",
    "0,30 1-3 * * *",
    "5/25 2 * * ?",
    "* 2 * * *",
    "40-50/5 0/2 * * *",
    "0 3 */2 * SUN-THU",
    "0 3 1-31 * MON",
    "0 1 L,30 * SUN#1",
    "10 2 * MAR,oct-dec 0L,6",
)
#: Before something happens to the clock: by how much, and where.
EDGES = {
    "nothing": ("UTC", "2026-02-27T22:10"),
    "nothing, half an hour off": ("Asia/Kolkata", "2026-12-30T09:00"),
    "the end of February in a leap year": ("UTC", "2028-02-27T12:00"),
    "an hour left out": ("Europe/Berlin", "2026-03-28T01:00"),
    "an hour repeated": ("Europe/Berlin", "2026-10-24T01:00"),
    "an hour left out at two": ("America/New_York", "2026-03-07T09:00"),
    "an hour repeated at two": ("America/New_York", "2026-10-31T09:00"),
    "half an hour left out": ("Australia/Lord_Howe", "2026-10-02T11:00"),
    "half an hour repeated": ("Australia/Lord_Howe", "2026-04-03T11:00"),
    "midnight left out": ("America/Havana", "2026-03-07T12:00"),
    "midnight repeated": ("America/Havana", "2026-10-31T12:00"),
    "midnight left out on a Friday": ("Africa/Cairo", "2026-04-22T12:00"),
    "the hour before midnight repeated": ("Africa/Cairo", "2026-10-28T12:00"),
    "midnight left out in the east": ("Asia/Beirut", "2026-03-27T12:00"),
    "an hour repeated as Ramadan begins": ("Africa/Casablanca", "2026-02-13T12:00"),
    "an hour left out as Ramadan ends": ("Africa/Casablanca", "2026-03-20T12:00"),
    "a day left out": ("Pacific/Apia", "2011-12-28T12:00"),
}


def told(ticks: list[datetime]) -> list[str]:
    return [f"{tick:%m-%d %H:%M}" for tick in ticks]


def until(expression: Expression, zone: str, start: datetime) -> list[datetime]:
    end = start + timedelta(days=DAYS)
    return list(takewhile(end.__ge__, expression.ticks_after(zone, start)))


@pytest.mark.parametrize("edge", EDGES)
def test_clocks_change_where_it_is_said(edge: str) -> None:
    zone, start = ZoneInfo(EDGES[edge][0]), utc(EDGES[edge][1])
    offsets = {
        (start + timedelta(hours=hour)).astimezone(zone).utcoffset()
        for hour in range(DAYS * 24)
    }

    assert len(offsets) == (2 if "left out" in edge or "repeated" in edge else 1)


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("edge", EDGES)
def test_ticks_are_those_of_debian(text: str, edge: str) -> None:
    zone, start = EDGES[edge][0], utc(EDGES[edge][1])
    check_zone(zone)

    found = until(read_expression(text), zone, start)

    assert told(found) == told(Entry.read(text).ticks(minutes_of(zone, start, DAYS)))


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge != "a day left out"])
@pytest.mark.parametrize(
    "text", ["*/10 * * * *", "*/10 0-4 * * *", "3,33 0-4,22-23 * * *"]
)
def test_going_on_from_any_instant_neither_repeats_nor_leaves_out(
    text: str, edge: str
) -> None:
    zone, start = EDGES[edge][0], utc(EDGES[edge][1])
    expression = read_expression(text)
    ticks = until(expression, zone, start)
    instants = [start + timedelta(minutes=7, seconds=30) * n for n in range(540)]

    for instant in sorted({*ticks, *instants}):
        expected = next((tick for tick in ticks if tick > instant), None)
        if expected is not None:
            assert next(expression.ticks_after(zone, instant)) == expected


FIELD_OF_MINUTES = st.sampled_from(["*", "0", "*/17", "5,50", "59", "3-9/2,40", "50/3"])
FIELD_OF_HOURS = st.sampled_from(["*", "2", "*/5", "0-3", "23", "1,13/4", "0"])
FIELD_OF_DAYS = st.sampled_from(
    ["*", "?", "*/7", "1-20/3", "L", "3,17", "1-31", "*/1", "25,L", "28/2"]
)
FIELD_OF_MONTHS = st.sampled_from(["*", "1-6", "*/2", "MAR,Oct", "2/3"])
FIELD_OF_WEEKDAYS = st.sampled_from(
    ["*", "?", "MON", "1-5", "0", "7", "5L", "2#3", "*/2", "SAT,sun", "1L,3", "5-7/2"]
)
ZONES = st.sampled_from(sorted({zone for zone, _ in EDGES.values()}))
INSTANTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - UTC
    datetime(2030, 1, 1),  # noqa: DTZ001 - UTC
    timezones=st.just(UTC),
)
TEXTS = st.builds(
    "{} {} {} {} {}".format,
    FIELD_OF_MINUTES,
    FIELD_OF_HOURS,
    FIELD_OF_DAYS,
    FIELD_OF_MONTHS,
    FIELD_OF_WEEKDAYS,
)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, zone=ZONES, start=INSTANTS)
def test_ticks_rise_and_any_of_them_will_do_to_go_on_from(
    text: str, zone: str, start: datetime
) -> None:
    expression = read_expression(text)

    ticks = list(islice(expression.ticks_after(zone, start), 12))

    assert ticks[0] > start
    assert ticks == sorted(set(ticks))
    assert {tick.tzinfo for tick in ticks} == {UTC}
    assert expression.next_after(zone, start) == ticks[0]
    for number in (0, 3, 7):
        rest = islice(expression.ticks_after(zone, ticks[number]), 11 - number)
        assert list(rest) == ticks[number + 1 :]
        assert expression.next_after(zone, ticks[number]) == ticks[number + 1]


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, zone=ZONES, start=INSTANTS)
def test_a_tick_fits_the_clock_on_the_wall_or_comes_right_after_a_gap(
    text: str, zone: str, start: datetime
) -> None:
    entry = Entry.read(text)

    for tick in islice(read_expression(text).ticks_after(zone, start), 12):
        here = tick.astimezone(ZoneInfo(zone))
        before = (tick - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        is_after_gap = here.utcoffset() != before.utcoffset()
        assert entry.fits(here.replace(tzinfo=None)) or is_after_gap


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, day=st.dates(date(1990, 1, 1), date(2110, 1, 1)))
def test_days_are_those_of_debian(text: str, day: date) -> None:
    assert read_expression(text).is_on(day) == Entry.read(text).is_on(day)


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("0 0 29 2 *", "2096-03-01", ["2104-02-29", "2108-02-29"]),
        ("0 0 29 2 *", "2024-02-28", ["2024-02-29", "2028-02-29"]),
        ("0 0 * 2 MON#5", "2026-01-01", ["2044-02-29", "2072-02-29", "2112-02-29"]),
        ("0 0 L 2 *", "2027-01-01", ["2027-02-28", "2028-02-29", "2029-02-28"]),
        ("0 0 31 * *", "2026-01-31", ["2026-03-31", "2026-05-31", "2026-07-31"]),
        ("0 0 30,L * *", "2026-02-01", ["2026-02-28", "2026-03-30", "2026-03-31"]),
        ("@yearly", "2026-01-01", ["2027-01-01", "2028-01-01"]),
        ("@monthly", "2026-11-15", ["2026-12-01", "2027-01-01"]),
        ("@weekly", "2026-12-28", ["2027-01-03", "2027-01-10"]),
        ("0 0 * * 7", "2026-12-28", ["2027-01-03", "2027-01-10"]),
        ("0 0 13 * FRI", "2026-11-07", ["2026-11-13", "2026-11-20"]),
        ("0 0 */2 * MON", "2026-02-27", ["2026-03-09", "2026-03-23"]),
        ("0 0 5-5/3 * *", "2026-01-01", ["2026-01-05", "2026-02-05"]),
        ("0 0 * * 5/2", "2026-11-01", ["2026-11-06", "2026-11-08"]),
    ],
)
def test_days_that_are_rare_or_easily_missed(
    text: str, after: str, expected: list[str]
) -> None:
    ticks = islice(read_expression(text).ticks_after("UTC", utc(after)), len(expected))

    assert [str(tick.date()) for tick in ticks] == expected


def test_a_start_within_a_minute_counts_from_that_minute() -> None:
    after = utc("2026-01-01T10:00:59.999999")

    assert read_expression("* * * * *").next_after("UTC", after) == utc(
        "2026-01-01T10:01"
    )


def test_a_time_that_was_shown_first_does_not_come_again_when_it_is_repeated() -> None:
    in_second_showing = utc("2026-10-25T01:10")

    found = read_expression("30 2 * * *").next_after("Europe/Berlin", in_second_showing)

    assert found == utc("2026-10-26T01:30")


def test_times_left_out_together_come_once() -> None:
    ticks = read_expression("0,20,40 2 * * *").ticks_after(
        "Europe/Berlin", utc("2026-03-28T20:00")
    )

    assert told(list(islice(ticks, 2))) == ["03-29 01:00", "03-30 00:00"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("text", ["@yearly", "30 12 * * *", "0 */4 * * *"])
def test_the_end_of_the_calendar_ends_it(text: str, zone: str) -> None:
    expression = read_expression(text)
    late = utc("9999-12-30T00:00")

    *_, last = expression.ticks_after(zone, late - timedelta(days=400))

    assert expression.next_after(zone, last) is None
    assert not list(expression.ticks_after(zone, last))


def test_many_schedules_that_are_due_together_cost_one_search() -> None:
    expression = read_expression("*/7 3 * * MON")
    after = utc("2026-01-05T03:00")
    first = expression.next_after("UTC", after)

    found = {
        expression.next_after("UTC", after + timedelta(microseconds=number))
        for number in range(1000)
    }

    assert found == {first}
    assert next(iter(found)) is first


def test_what_was_found_is_not_told_of_instants_before_or_after() -> None:
    expression = read_expression("0 3 * * *")
    expression.next_after("UTC", utc("2026-01-05T12:00"))

    assert expression.next_after("UTC", utc("2026-01-04T12:00")) == utc(
        "2026-01-05T03:00"
    )
    assert expression.next_after("UTC", utc("2026-01-05T03:00")) == utc(
        "2026-01-06T03:00"
    )
    assert expression.next_after("Europe/Berlin", utc("2026-01-05T03:00")) == utc(
        "2026-01-06T02:00"
    )


def test_an_expression_is_read_once_and_told_in_english() -> None:
    expression = read_expression("0 9 * * mon-FRI")

    assert expression is read_expression("0 9 * * mon-FRI")
    assert expression.text == "0 9 * * mon-FRI"
    assert expression.description == "At 09:00 AM, Monday through Friday"
