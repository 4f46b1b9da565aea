"""What is no cron expression: the reason told, and what to write instead."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.jobs.cron.expression import read_expression
from jobwire.jobs.errors import InvalidInputError
from jobwire.triggerdev.cron import CronError, read_cron

REFUSED = {
    # Fields
    "": "must have 1 to 255 characters, not 0. Write five fields",
    "0" * 256: "must have 1 to 255 characters, not 256",
    "   ": "must have five fields (minute hour day-of-month month day-of-week), but it",
    "0 0 0 * * *": "not 6: seconds and years are not supported",
    "0 9 * * 1 2026": "not 6: seconds and years are not supported",
    "0 0 * *": "five fields (minute hour day-of-month month day-of-week), not 4",
    "hello": "not 1. Write * for those that say nothing",
    "0  0 * * *": "holds two spaces or more in a row. Write '0 0 * * *'",
    " 0 0 * * *": "holds a space before the first field or after the last. Write '0 0",
    "0 0 * * * ": "holds a space before the first field or after the last. Write '0 0",
    "0 0 * *\t*": "holds a tab. Write '0 0 * * *'",
    "0 0 * * *\n": "holds the control character '\\n'. Write '0 0 * * *'",
    # Aliases
    "@annually": "Write @yearly.",
    "@midnight": "Write @daily.",
    "@minutely": "Write * * * * *.",
    "@reboot": "schedule a job when yours starts",
    "@every 5m": "Write */5 * * * *.",
    "@every 2h": "Write 0 */2 * * *.",
    "@every 90m": "an interval by steps, such as */5 * * * *",
    "@every 1h30m": "an interval by steps, such as */5 * * * *",
    "@Daily": "Write @daily, in lower case",
    " @daily": "Write @daily, in lower case and without spaces",
    "@nope": "one of @hourly, @daily, @weekly, @monthly and @yearly, not '@nope'",
    # Marks
    "0 0 W * *": "must not hold W, the nearest weekday, which is not supported",
    "0 0 LW * *": "must not hold W, the nearest weekday, which is not supported: 'LW'",
    "0 0 15W * *": "must not hold W, the nearest weekday, which is not supported",
    "0 0 * * L": "which last day it means, not only L. Write 5L",
    "0 0 l * *": "L, in upper case, not 'l'",
    "0 0 * * 5l": "5L, in upper case, not '5l'",
    "0 0 L-3 * *": "must hold L alone",
    "0 0 15L * *": "must hold L alone",
    "0 0 L/2 * *": "must hold L alone",
    "0 0 * * 1-5L": "must have one day before L, not '1-5L'",
    "0 0 * * *L": "must have one day before L, not '*L'",
    "0 0 * * 1L/2": "day-of-week must be from 0 to 7 or SUN to SAT, not '1L' in '1L/2'",
    "0 0 * * 1#6": "a week from 1 to 5 after #, not '6'",
    "0 0 * * 1#": "a week from 1 to 5 after #, not ''",
    "0 0 * * 1#2,3": "must hold # alone, not in a list",
    "0 0 * * *#2": "must be from 0 to 7 or SUN to SAT, not '*' in '*#2'",
    "0 0 * * MON-FRI#2": "not 'MON-FRI' in 'MON-FRI#2'",
    "H 0 * * *": "minute must not hold H, which only Jenkins reads",
    "H/5 * * * *": "minute must not hold H, which only Jenkins reads",
    "0 H(0-7) * * *": "hour must not hold H, which only Jenkins reads",
    "? * * * *": "minute must not hold ?, which only fields of days may",
    "0 0 * ? *": "month must not hold ?, which only fields of days may",
    "0 0 ?,* * *": "day-of-month must hold either * or ?, not both",
    # Values
    "99 * * * *": "minute must be from 0 to 59, not 99",
    "60 * * * *": "minute must be from 0 to 59, not 60",
    "* 24 * * *": "hour must be from 0 to 23, not 24",
    "0 0 0 * *": "day-of-month must be from 1 to 31, not 0",
    "0 0 1-32 * *": "day-of-month must be from 1 to 31, not 32",
    "0 0 * 13 *": "month must be from 1 to 12 or JAN to DEC, not 13",
    "0 0 * 0 *": "month must be from 1 to 12 or JAN to DEC, not 0",
    "0 0 * * 8": "day-of-week must be from 0 to 7 or SUN to SAT, not 8",
    "0 0 * * MONDAY": "not 'MONDAY'. Write MON.",
    "0 0 * Foo *": "month must be from 1 to 12 or JAN to DEC, not 'Foo'",
    "mon * * * *": "minute must be from 0 to 59, not 'mon'",
    "-1 * * * *": "minute must be from 0 to 59, not '-1'",
    "1-2-3 * * * *": "minute must be from 0 to 59, not '2-3' in '1-2-3'",
    "5* * * * *": "minute must be from 0 to 59, not '5*'",
    "1.5 * * * *": "minute must be from 0 to 59, not '1.5'",
    "\u0663 * * * *": "must be plain ASCII, but it holds '\u0663'. Write digits as 0-9",
    "\u00b2 * * * *": "must be plain ASCII",
    "1,,2 * * * *": "no empty item in its list, but it is '1,,2'",
    ",1 * * * *": "no empty item in its list, but it is ',1'",
    "1, * * * *": "no empty item in its list, but it is '1,'",
    # Ranges and steps
    "50-10 * * * *": "rise, but '50-10' falls. Write 50-59,0-10.",
    "0 22-2 * * *": "hour must have ranges that rise, but '22-2' falls. Write 22-23",
    "0 23-0 * * *": "Write 23,0.",
    "0 0 28-3 * *": "Write 28-31,1-3.",
    "0 0 * NOV-FEB *": "Write NOV-DEC,JAN-FEB.",
    "0 0 * * FRI-SUN": "rise, but 'FRI-SUN' falls. Write FRI,SAT,SUN.",
    "0 0 * * 5-2": "Write FRI,SAT,SUN,MON,TUE.",
    "0 0 * * FRI-SUN/2": "Write two ranges that rise.",
    "*/0 * * * *": "a step of 1 or more, not '*/0'. Write * for every minute.",
    "0 0 */00 * *": "a step of 1 or more, not '*/00'. Write * for every day",
    "*/ * * * *": "a number after /, not ''",
    "*/x * * * *": "a number after /, not 'x'",
    "1/2/3 * * * *": "a number after /, not '2/3'",
    # Dates
    "0 0 31 2 *": "a date that comes, but month 2 has no day 31",
    "0 0 30 2 MON": "a date that comes, but month 2 has no day 30",
    "0 0 31 4,6 *": "a date that comes, but month 4,6 has no day 31",
    "0 0 31,L 2 *": "a date that comes, but month 2 has no day 31",
    "0 0 31 4,6 */2": "none is both in day-of-month and in day-of-week",
    "0 0 */31 * MON#5": "none is both in day-of-month and in day-of-week",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_text_that_is_no_expression_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_expression(text)

    assert caught.value.path == ("cron",)
    assert REFUSED[text] in caught.value.message
    assert caught.value.message.startswith(("cron must ", "cron's "))


PARTS = st.sampled_from([*"*?/-,#LWH017lx²@", "12", "31", "60", "MON", "sun", "FEB"])
FIELDS = st.lists(PARTS, min_size=1, max_size=4).map("".join)
TEXTS = st.lists(FIELDS, min_size=4, max_size=6).map(" ".join) | st.text(max_size=20)


@settings(max_examples=400)
@given(TEXTS)
def test_whatever_is_written_is_read_as_trigger_dev_would_or_refused(text: str) -> None:
    try:
        read_cron(text)
    except CronError:
        with pytest.raises(InvalidInputError) as caught:
            read_expression(text)
        assert caught.value.path == ("cron",)
    else:
        with suppress(InvalidInputError):
            assert read_expression(text).description


@settings(max_examples=400)
@given(st.lists(FIELDS, min_size=5, max_size=5))
def test_a_date_is_refused_only_if_every_field_is_one(fields: list[str]) -> None:
    text = " ".join(fields)
    reason = ""
    try:
        read_cron(text)
    except CronError as error:
        reason = str(error)
    if reason:
        with pytest.raises(InvalidInputError) as caught:
            read_expression(text)
        if "cron must name a date" in caught.value.message:
            assert "day of month definition" in reason
