"""Cron expressions: what a server accepts, and what it refuses or fails over."""

from datetime import date

import pytest

from jobwire.triggerdev import InvalidOptionError, time_zones
from jobwire.triggerdev.cron import CronError, check_cron, read_cron
from jobwire.triggerdev.time_zones import check_time_zone


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "*/5 0-12/3 1,15 JAN-MAR MON-FRI",
        "0 9 ? * mon",
        "0 0 * * 7",
        "5/10 * * * *",
        "0 0 L * *",
        "0 0 1,L * *",
        "0 0 * * 1L",
        "0 0 * * 1#2",
        "0 0 29 2 *",
        "0 0 1,L 2 *",
        "0 0 31,L 2,4 *",
        "0 0 31 4,6 MON",
        "0 0 * * SUNL",
        "@yearly",
        "@monthly",
        "@weekly",
        "@daily",
        "@hourly",
    ],
)
def test_an_expression_that_a_server_accepts_is_read(text: str) -> None:
    assert read_cron(text).expression == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 0 0 * * *", "seconds are not allowed"),
        ("0  0 * * *", "seconds are not allowed"),
        ("* * * *", "has five fields, and this has 4"),
        ("", "five fields"),
        ("99 0 * * *", "got value 99 expected range 0-59"),
        ("0 24 * * *", "got value 24 expected range 0-23"),
        ("0 0 0 * *", "got value 0 expected range 1-31"),
        ("0 0 31 2 *", "Invalid explicit day of month"),
        ("0 0 31 4,6 *", "Invalid explicit day of month"),
        ("0 0 W * *", "got value: W"),
        ("0 0 LW * *", "got value: LW"),
        ("0 0 * * L", "got value: "),
        ("H 0 * * *", "got value: H"),
        ("@every 5m", "five fields"),
        ("0 5-2 * * *", "Invalid range: 5-2"),
        ("*/0 * * * *", "cannot repeat"),
        ("? * * * *", "got value: ?"),
        ("0 0 * * 1#6", "occurrence"),
        ("0 0 * * 1#2,3", "invalid dayOfWeek"),
        ("0 0 * * FOO", "got value: FOO"),
        ("1,,2 * * * *", "got value: "),
        ("-1 * * * *", "got value: "),
        ("٣ * * * *", "got value: ٣"),
        ("*/٣ * * * *", "cannot repeat"),
        ("9" * 5000 + " * * * *", "expected range 0-59"),
        ("0 0 l * *", "got value: l"),
        ("0 0 * * 1l", "got value: 1l"),
        ("0 0 * * 1-5L", "got value: 1-5"),
        ("0 0 * * *L", "got value: *"),
        ("0 0 * * *#2", "got value: *"),
        ("0 0 ?,* * *", "got value: ?,*"),
        ("0 0 31,L 2 *", "Invalid explicit day of month"),
        ("0 0 30 2 MON", "Invalid explicit day of month"),
        ("@annually", "five fields"),
        ("@midnight", "five fields"),
        ("@Daily", "five fields"),
    ],
)
def test_an_expression_that_it_refuses_is_refused_with_the_reason(
    text: str, words: str
) -> None:
    with pytest.raises(CronError) as caught:
        read_cron(text)
    with pytest.raises(InvalidOptionError, match="cron must be a cron expression"):
        check_cron("cron", text)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "on", "off"),
    [
        ("0 0 1 * MON", ["2026-06-01", "2026-07-01", "2026-06-08"], ["2026-06-02"]),
        ("0 0 13 * ?", ["2026-02-13"], ["2026-02-14"]),
        ("0 0 * * 0", ["2026-11-22"], ["2026-11-23"]),
        ("0 0 * * 7", ["2026-11-22"], ["2026-11-23"]),
        ("0 0 L * *", ["2024-02-29", "2026-02-28"], ["2024-02-28"]),
        ("0 0 * * 1L", ["2026-11-30"], ["2026-11-23"]),
        ("0 0 * * 1#2", ["2026-11-09"], ["2026-11-02", "2026-11-16"]),
        ("0 0 29 2 *", ["2028-02-29"], ["2028-02-28"]),
        ("0 0 */2 * MON", ["2026-06-01", "2026-06-03", "2026-06-08"], ["2026-06-02"]),
        ("0 0 1 * */2", ["2026-06-01", "2026-06-02"], ["2026-06-03"]),
    ],
)
def test_days_are_those_that_either_field_names(
    text: str, on: list[str], off: list[str]
) -> None:
    cron = read_cron(text)

    assert [cron.is_on(date.fromisoformat(day)) for day in on] == [True] * len(on)
    assert [cron.is_on(date.fromisoformat(day)) for day in off] == [False] * len(off)


@pytest.mark.parametrize(
    ("text", "on", "off"),
    [
        # As many days as the month has in a leap year say nothing.
        ("0 0 1-31 * MON", ["2026-06-08"], ["2026-06-02"]),
        ("0 0 */1 * MON", ["2026-06-08"], ["2026-06-02"]),
        ("0 0 1-30 * MON", ["2026-06-08", "2026-07-07"], ["2026-06-09"]),
        ("0 0 1-31 6 MON", ["2026-06-08"], ["2026-06-09"]),
        # Repeats are counted.
        ("0 0 1-15,1-15 * MON", ["2026-06-22", "2026-07-07"], ["2026-06-09"]),
        # Eight weekdays say nothing, seven do.
        ("0 0 1 * 0-7", ["2026-06-01"], ["2026-06-02"]),
        ("0 0 1 * 1-7", ["2026-06-01"], ["2026-06-02"]),
        ("0 0 1 * */1", ["2026-06-01"], ["2026-06-02"]),
        ("0 0 1 * 0-6", ["2026-06-01", "2026-06-02"], []),
        ("0 0 1 * *,1", ["2026-06-01", "2026-06-02"], []),
        # A span that ends with Sunday begins with it, whatever the step.
        ("0 0 * * 2-7/2", ["2026-11-22", "2026-11-24", "2026-11-28"], ["2026-11-27"]),
        ("0 0 * * 5/3", ["2026-11-22", "2026-11-27"], ["2026-11-23"]),
        # A week counts for the days of the month as well.
        ("0 0 10 * 1#2", ["2026-11-09", "2026-11-10"], ["2026-11-02"]),
        ("0 0 1 * 1#2", ["2026-11-09"], ["2026-11-01"]),
        ("0 0 * * 1L,3", ["2026-11-30", "2026-11-25"], ["2026-11-23"]),
    ],
)
def test_a_field_says_nothing_by_how_much_it_lists(
    text: str, on: list[str], off: list[str]
) -> None:
    cron = read_cron(text)

    assert [cron.is_on(date.fromisoformat(day)) for day in on] == [True] * len(on)
    assert [cron.is_on(date.fromisoformat(day)) for day in off] == [False] * len(off)


def test_time_zones_are_those_of_v8() -> None:
    assert len(time_zones()) == 419
    assert time_zones()[0] == "UTC"
    assert "Asia/Calcutta" in time_zones()


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Asia/Kolkata", "Asia/Calcutta"),
        ("Europe/Kyiv", "Europe/Kiev"),
        ("Etc/UTC", "UTC"),
        ("US/Eastern", "America/New_York"),
    ],
)
def test_another_name_of_a_zone_is_refused_with_the_accepted_spelling(
    name: str, spelling: str
) -> None:
    with pytest.raises(InvalidOptionError, match=f"be {spelling}, which is how"):
        check_time_zone("timezone", name)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="not 'Mars/X'"):
        check_time_zone("timezone", "Mars/X")
