"""What Trigger.dev makes of a job schedule that it shall fire itself."""

from calendar import isleap
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache

from jobwire.jobs.cron.expression import Expression
from jobwire.jobs.errors import InvalidInputError
from jobwire.triggerdev.cron import CronError, read_cron
from jobwire.triggerdev.cron_times import fires_after
from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.time_zones import check_time_zone

#: A year of each calendar there is: seven first days, with and without a leap day.
_YEARS = sorted(
    {
        (isleap(year), date(year, 1, 1).weekday()): year
        for year in reversed(range(2024, 2024 + 28))
    }.values()
)
_DAYS = [
    date(year, 1, 1) + timedelta(days=number)
    for year in _YEARS
    for number in range(366 if isleap(year) else 365)
]
_ADVICE = (
    "Let Jobwire's own clock fire it (owner JOBWIRE), or write days that both read"
    " alike."
)
_REMEMBERED = 1024


def check_for_trigger_dev(expression: Expression, timezone: str) -> None:
    """Pass what Trigger.dev accepts, and reads as Jobwire does.

    Args:
        expression: What shall fire.
        timezone: A name that `check_zone` passes.

    Raises:
        InvalidInputError: It knows the zone by another name or not at all (with the
            path `timezone`), or fires the expression on other days (`cron`).
    """
    try:
        check_time_zone("timezone", timezone)
    except InvalidOptionError as error:
        raise InvalidInputError(str(error), path=("timezone",)) from error
    reason = _difference(expression)
    if reason is not None:
        raise InvalidInputError(f"{reason} {_ADVICE}", path=("cron",))


def trigger_ticks_after(
    expression: Expression, timezone: str, after: datetime
) -> Iterator[datetime]:
    """Iterate over when Trigger.dev fires after an instant, in UTC, strictly rising.

    It ends where their search gives up, some 27 years without a time.

    Args:
        expression: One that `check_for_trigger_dev` passes.
        timezone: Likewise.
        after: Aware.
    """
    with suppress(CronError):
        yield from fires_after(read_cron(expression.text), timezone, after)


@lru_cache(_REMEMBERED)
def _difference(expression: Expression) -> str | None:
    cron = read_cron(expression.text)
    years = set()
    for day in _DAYS:
        ours, theirs = expression.is_on(day), cron.is_on(day)
        if ours != theirs:
            who = "Jobwire" if ours else "Trigger.dev"
            return (
                f"cron must name days that Trigger.dev reads as Jobwire does, but by"
                f" {expression.text!r} only {who} would run on {day:%A}, {day}."
            )
        if theirs:
            years.add(day.year)
    if len(years) > 1:
        return None
    # Then 28 or 40 years lie between its days.
    return (
        f"cron must name days that Trigger.dev finds, which looks ahead for some 27"
        f" years, but those of {expression.text!r} are rarer."
    )
