"""`previewCron`: what an expression means, or why it is none; nothing is stored."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.gql.client import Api

PREVIEW = """query ($cron: String!, $timezone: String! = "UTC", $count: Int! = 5) {
  previewCron(cron: $cron, timezone: $timezone, count: $count) {
    description nextRunTimes errors { __typename code message path }
  }
}"""


async def _preview(api: Api, cron: str, **given: Any) -> Any:
    return (await api.data(PREVIEW, cron=cron, **given))["previewCron"]


async def test_an_expression_is_told_in_words_and_by_its_next_five_times(
    api: Api,
) -> None:
    assert await _preview(api, "0 9 * * MON-FRI") == {
        "description": "At 09:00 AM, Monday through Friday",
        "nextRunTimes": [
            f"2026-01-{day}T09:00:00.000Z" for day in ("02", "05", "06", "07", "08")
        ],
        "errors": [],
    }


@pytest.mark.parametrize(
    ("since", "cron", "times"),
    [
        pytest.param(
            "2026-03-28T12:00",
            "30 2 * * *",
            ["03-29T01:00", "03-30T00:30"],
            id="an hour that is left out",
        ),
        pytest.param(
            "2026-10-24T12:00",
            "30 2 * * *",
            ["10-25T00:30", "10-26T01:30"],
            id="an hour that comes twice",
        ),
        pytest.param(
            "2026-10-24T23:59",
            "0 * * * *",
            ["10-25T00:00", "10-25T01:00", "10-25T02:00"],
            id="each hour that there is",
        ),
        pytest.param(
            "2026-03-29T00:10",
            "*/30 * * * *",
            ["03-29T00:30", "03-29T01:00", "03-29T01:30"],
            id="each half hour that there is",
        ),
    ],
)
async def test_times_over_a_change_of_the_clock_are_those_that_it_will_fire_at(
    api: Api, clock: FakeClock, since: str, cron: str, times: list[str]
) -> None:
    clock.advance(datetime.fromisoformat(since).replace(tzinfo=UTC) - clock.now())

    shown = await _preview(api, cron, timezone="Europe/Berlin", count=len(times))

    assert shown["nextRunTimes"] == [f"2026-{time}:00.000Z" for time in times]
    assert shown["errors"] == []


async def test_the_time_zone_moves_the_day(api: Api) -> None:
    shown = await _preview(api, "0 0 1 * *", timezone="Pacific/Auckland", count=1)

    assert shown["nextRunTimes"] == ["2026-01-31T11:00:00.000Z"]


async def test_a_tick_of_this_very_moment_is_over(api: Api, clock: FakeClock) -> None:
    clock.advance(datetime(2026, 1, 2, 9, tzinfo=UTC) - clock.now())

    shown = await _preview(api, "0 9 * * *", count=1)

    assert shown["nextRunTimes"] == ["2026-01-03T09:00:00.000Z"]


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"cron": "0 0 9 * * *"}, "cron", "five fields"),
        ({"cron": ""}, "cron", "1 to 255 characters, not 0"),
        ({"cron": "0  9 * * *"}, "cron", "Write '0 9 * * *'"),
        ({"cron": "0 9 * * MOON"}, "cron", "MOON"),
        ({"cron": "0 0 31 2 *"}, "cron", "no day 31"),
        ({"cron": "@reboot"}, "cron", "@daily"),
        ({"cron": "\u0660 9 * * *"}, "cron", "ASCII"),
        ({"cron": "0 9 * * *", "timezone": "EST5"}, "timezone", "not 'EST5'"),
        ({"cron": "0 9 * * *", "timezone": "+02:00"}, "timezone", "Etc/GMT-2"),
        ({"cron": "nonsense", "timezone": "nonsense"}, "cron", "five fields"),
    ],
    ids=str,
)
async def test_what_is_refused_is_an_answer_that_says_where_and_why(
    api: Api, given: dict[str, str], path: str, words: str
) -> None:
    shown = await _preview(api, **given)

    assert (shown["description"], shown["nextRunTimes"]) == (None, [])
    [error] = shown["errors"]
    assert (error["__typename"], error["code"]) == ("ValidationError", "VALIDATION")
    assert error["path"] == [path]
    assert words in error["message"]


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 1), (50, 50)])
async def test_as_many_times_are_told_as_are_asked_for(
    api: Api, count: int, told: int
) -> None:
    assert len((await _preview(api, "* * * * *", count=count))["nextRunTimes"]) == told


@pytest.mark.parametrize("count", [-1, 51])
async def test_another_number_of_them_is_an_error(api: Api, count: int) -> None:
    answer = await api(PREVIEW, cron="* * * * *", count=count)

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {
        "code": "VALIDATION",
        "argument": ["count"],
    }


async def test_days_that_are_centuries_apart_are_told_all_the_same(api: Api) -> None:
    shown = await _preview(api, "0 0 29 2 */7", count=3)

    assert [time[:10] for time in shown["nextRunTimes"]] == [
        "2032-02-29",
        "2060-02-29",
        "2088-02-29",
    ]


async def test_times_are_told_up_to_a_hundred_years_ahead(api: Api) -> None:
    leap_years = await _preview(api, "0 0 29 2 *", count=50)
    sundays = await _preview(api, "0 0 29 2 */7", count=50)

    # 2100 is no leap year.
    assert len(leap_years["nextRunTimes"]) == 24
    assert leap_years["nextRunTimes"][-1] == "2124-02-29T00:00:00.000Z"
    assert [time[:4] for time in sundays["nextRunTimes"]] == ["2032", "2060", "2088"]
