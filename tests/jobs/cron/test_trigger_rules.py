"""Schedules that Trigger.dev shall fire: only what it reads as Jobwire does."""

from itertools import islice

import pytest

from jobwire.jobs.cron.expression import read_expression
from jobwire.jobs.cron.trigger_rules import check_for_trigger_dev, trigger_ticks_after
from jobwire.jobs.errors import InvalidInputError
from tests.jobs.cron.debian import utc


@pytest.mark.parametrize(
    "text",
    [
        "*/5 * * * *",
        "0 9 * * MON-FRI",
        "0 0 1 * MON",
        "0 0 1,L * *",
        "0 0 * * 1L,3",
        "0 0 * * 1#2",
        "0 0 */2 * *",
        "0 0 29 2 *",
        "0 0 ? * ?",
        "@weekly",
    ],
)
def test_what_both_read_alike_passes(text: str) -> None:
    check_for_trigger_dev(read_expression(text), "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # A star there does not narrow the other field down.
        ("0 0 */2 * MON", "only Trigger.dev would run on Wednesday, 2024-01-03"),
        ("0 0 13 * */2", "only Trigger.dev would run on Tuesday, 2024-01-02"),
        # All values are a star.
        ("0 0 1-31 * MON", "only Jobwire would run on Tuesday, 2024-01-02"),
        ("0 0 1 * 1-7", "only Jobwire would run on Tuesday, 2024-01-02"),
        # A week after # counts for the days of the month as well.
        ("0 0 5 * 1#2", "only Jobwire would run on Friday, 2024-01-05"),
        # A step to the end of the week begins with Sunday.
        ("0 0 * * 5/3", "only Trigger.dev would run on Sunday, 2024-01-07"),
        ("0 0 * 2 MON#5", "looks ahead for some 27 years"),
    ],
)
def test_days_that_trigger_dev_reads_otherwise_are_refused_with_one(
    text: str, words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_for_trigger_dev(read_expression(text), "UTC")

    assert caught.value.path == ("cron",)
    assert words in caught.value.message
    assert "owner JOBWIRE" in caught.value.message


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Kolkata", "must be Asia/Calcutta, which is how Trigger.dev spells"),
        ("Europe/Kyiv", "must be Europe/Kiev"),
        ("Etc/GMT+2", "not 'Etc/GMT+2'"),
    ],
)
def test_a_zone_that_trigger_dev_spells_otherwise_is_refused(
    zone: str, words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_for_trigger_dev(read_expression("@daily"), zone)

    assert caught.value.path == ("timezone",)
    assert words in caught.value.message


def test_its_ticks_are_its_own_where_an_hour_is_left_out() -> None:
    expression, after = read_expression("30 2 * * *"), utc("2026-03-28T12:00")

    theirs = trigger_ticks_after(expression, "Europe/Berlin", after)
    ours = expression.ticks_after("Europe/Berlin", after)

    assert list(islice(theirs, 2)) == [
        utc("2026-03-29T01:30"),
        utc("2026-03-30T00:30"),
    ]
    assert list(islice(ours, 2)) == [utc("2026-03-29T01:00"), utc("2026-03-30T00:30")]


def test_its_ticks_end_where_it_gives_up() -> None:
    expression = read_expression("0 0 * 2 MON#5")

    ticks = trigger_ticks_after(expression, "UTC", utc("2040-01-01"))

    assert list(ticks) == [utc("2044-02-29")]
