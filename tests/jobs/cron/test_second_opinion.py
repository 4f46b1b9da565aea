"""Cron expressions against croniter, and where it reads them otherwise than Debian."""

from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter

from jobwire.jobs.cron.expression import read_expression
from tests.jobs.cron.debian import utc

COUNT = 12
SPRING, AUTUMN = "2026-03-28T12:00", "2026-10-24T12:00"
ALIKE = (
    "* * * * *",
    "*/7 */5 * * *",
    "5/15 8-18/2 * * MON-FRI",
    "0 12 1 * MON",
    "0 12 1,15 */2 *",
    "0 12 L * *",
    "0 12 1,L * *",
    "0 12 * * 1#2",
    "0 12 ? * MON",
    "0 12 * * 7",
    "0 12 * * 5-7",
    "0 12 29 2 *",
    "0 12 31 * *",
    "0 12 * 2 MON#5",
    "@hourly",
    "@daily",
    "@weekly",
    "@monthly",
    "@yearly",
)
#: Why, by the expression, the zone and the start.
DIFFERENCES = {
    ("0 12 */2 * MON", "UTC", SPRING): "either field of days is enough, star or not",
    ("0 12 * * 5/2", "UTC", SPRING): "a step to the end of the week leaves out Sunday",
    ("5-5/3 * * * *", "UTC", SPRING): "a range with one value is the whole field",
    ("30 2 * * *", "Europe/Berlin", AUTUMN): "a time repeated comes twice",
    ("0 0 * * *", "America/Havana", "2026-10-31T12:00"): "so does midnight",
    ("15 1-3 * * *", "Europe/Berlin", AUTUMN): "so do those of named hours",
    ("*/30 2 * * *", "Europe/Berlin", SPRING): "a time left out is made up for",
    ("0 */2 * * *", "Europe/Berlin", SPRING): "so is one of every second hour",
    ("30 2 * * *", "Pacific/Apia", "2011-12-29T20:00"): "and after a whole day as well",
}
#: What it does not read, or not to an end.
REFUSED = ("0 12 * * 5L", "0 12 * * 1L,3", "0 12 5 * 1#2")


def opinion(text: str, zone: str, after: str) -> list[datetime]:
    start = utc(after)
    ticks = croniter(text, start.astimezone(ZoneInfo(zone)), ret_type=datetime)
    return [
        tick.astimezone(start.tzinfo)
        for tick in (ticks.get_next(datetime) for _ in range(COUNT))
    ]


def ours(text: str, zone: str, after: str) -> list[datetime]:
    return list(islice(read_expression(text).ticks_after(zone, utc(after)), COUNT))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
@pytest.mark.parametrize("text", ALIKE)
def test_croniter_agrees_on_the_calendar(text: str, zone: str) -> None:
    after = "2026-11-26T10:17"

    assert ours(text, zone, after) == opinion(text, zone, after)


@pytest.mark.parametrize(
    "text", ["30 2 * * *", "0 0 * * *", "*/15 * * * *", "0 * * * *"]
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_croniter_agrees_where_an_hour_is_left_out(text: str, zone: str) -> None:
    after = {"Europe/Berlin": SPRING, "America/New_York": "2026-03-07T12:00"}[zone]

    assert ours(text, zone, after) == opinion(text, zone, after)


@pytest.mark.parametrize(("text", "zone", "after"), DIFFERENCES)
def test_croniter_differs_where_it_is_said(text: str, zone: str, after: str) -> None:
    assert ours(text, zone, after) != opinion(text, zone, after)


@pytest.mark.parametrize("text", REFUSED)
def test_croniter_does_not_read_what_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"not acceptable|failed to find"):
        opinion(text, "UTC", SPRING)

    assert len(ours(text, "UTC", SPRING)) == COUNT
