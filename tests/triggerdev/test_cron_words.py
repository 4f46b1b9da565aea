"""Cron expressions in English, the common ones in cronstrue's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.triggerdev.cron import CronError, read_cron
from jobwire.triggerdev.cron_words import describe


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "1-5,10/5 * * * *",
            "Minutes 1 through 5 and every 5 minutes from minute 10 of the hour",
        ),
        ("*/5,7 * * * *", "Every 5 minutes and at minute 7 of the hour"),
        (
            "3,7/2 * * * *",
            "At minute 3 and every 2 minutes from minute 7 of the hour",
        ),
        ("*,5 * * * *", "Every minute"),
        ("*/1 */1 */1 */1 */1", "Every minute"),
        ("05 09 * * *", "At 09:05 AM"),
        ("* 9 * * *", "Every minute, between 09:00 AM and 09:59 AM"),
        ("0 */2 * * *", "At 0 minutes past the hour, every 2 hours"),
        (
            "0 9,11-13 * * *",
            "At 0 minutes past the hour, at 09:00 AM and between 11:00 AM and 01:59 PM",
        ),
        ("*/5 8/4 * * *", "Every 5 minutes, every 4 hours, starting at 08:00 AM"),
        ("0 0 ? * ?", "At 12:00 AM"),
        ("0 0 */2 * *", "At 12:00 AM, every 2 days"),
        ("0 0 1/2 * *", "At 12:00 AM, every 2 days, starting on day 1 of the month"),
        (
            "0 0 1-20/2 * *",
            "At 12:00 AM, every 2 days, between day 1 and 20 of the month",
        ),
        ("0 0 1-5 * *", "At 12:00 AM, between day 1 and 5 of the month"),
        ("0 0 1-5,10 * *", "At 12:00 AM, on day 1 through 5 and 10 of the month"),
        ("0 0 L,1 * *", "At 12:00 AM, on day 1 and the last day of the month"),
        (
            "0 0 5/3,1 * *",
            "At 12:00 AM, every 3 days from day 5 and on day 1 of the month",
        ),
        (
            "0 0 * * MON-FRI/2",
            "At 12:00 AM, every 2 days of the week, Monday through Friday",
        ),
        ("0 0 * * 1/2", "At 12:00 AM, every 2 days of the week, starting on Monday"),
        ("0 0 * * */2", "At 12:00 AM, every 2 days of the week"),
        ("0 0 * * 1,3-5", "At 12:00 AM, only on Monday and Wednesday through Friday"),
        (
            "0 0 * * 1L,3",
            "At 12:00 AM, only on Wednesday and the last Monday of the month",
        ),
        (
            "0 0 * * 1L,5L",
            "At 12:00 AM, on the last Monday and the last Friday of the month",
        ),
        ("0 0 * * */2,3", "At 12:00 AM, every 2 days of the week and on Wednesday"),
        ("0 0 * * MON#2", "At 12:00 AM, on the second Monday of the month"),
        ("0 0 * 3/3 *", "At 12:00 AM, every 3 months, starting in March"),
        ("0 0 * 1-3/2 *", "At 12:00 AM, every 2 months, January through March"),
        ("0 0 * JAN,6-8 *", "At 12:00 AM, only in January and June through August"),
        ("0 0 1 * MON", "At 12:00 AM, on day 1 of the month, and on Monday"),
        (
            "0 0 1 * 1-5",
            "At 12:00 AM, on day 1 of the month, and on Monday through Friday",
        ),
        (
            "0 0 2 * 1/3",
            (
                "At 12:00 AM, on day 2 of the month, and every 3 days of the week,"
                " starting on Monday"
            ),
        ),
        ("0 0 2 * */3", "At 12:00 AM, on day 2 of the month, every 3 days of the week"),
        (
            "0 0 1 * MON#2",
            "At 12:00 AM, on day 1 of the month, and on the second Monday of the month",
        ),
        ("0 0 */2 * MON", "At 12:00 AM, every 2 days, only on Monday"),
    ],
)
def test_expressions_of_any_form_are_told(text: str, words: str) -> None:
    read_cron(text)

    assert describe(text) == words


def field(low: int, high: int, *more: str) -> st.SearchStrategy[str]:
    value = st.integers(low, high).map(str)
    step = st.just("") | st.integers(1, 70).map("/{}".format)
    span = st.builds(
        lambda a, b: f"{min(a, b)}-{max(a, b)}", *[st.integers(low, high)] * 2
    )
    star = st.builds("{}{}".format, st.sampled_from(["*", *more[:1]]), step)
    item = st.one_of(
        star,
        value,
        st.builds("{}{}".format, span | value, step),
        st.sampled_from(["*", *more]),
    )
    return st.lists(item, min_size=1, max_size=4).map(",".join)


TEXTS = st.builds(
    "{} {} {} {} {}".format,
    field(0, 59),
    field(0, 23),
    field(1, 31, "?", "L"),
    field(1, 12, "JAN", "feb-Dec", "MAR/2"),
    field(0, 7, "?", "5L", "sunL", "MON", "MON-FRI/2")
    | st.sampled_from(["MON#2", "7#5"]),
)


@settings(max_examples=500)
@given(TEXTS)
def test_no_expression_that_is_accepted_fails_to_be_told(text: str) -> None:
    try:
        read_cron(text)
    except CronError:
        return
    words = describe(text)

    assert words[0].isupper()
    assert not any(mark in words for mark in "*?/#[]")
    assert "  " not in words
    assert "None" not in words
    assert ", ," not in words


@pytest.mark.parametrize("zeros", [1, 5000])
def test_zeros_that_lead_a_number_are_left_out(zeros: int) -> None:
    assert describe(f"{'0' * zeros}5 9 * * *") == "At 09:05 AM"
