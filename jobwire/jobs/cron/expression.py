"""Cron expressions, as Debian's cron reads them: one grammar for both owners.

Five fields with a single space between each, or @hourly, @daily, @weekly, @monthly or
@yearly. Fields are lists of numbers, names, ranges and steps; in those of days `?` is
`*`, `L` the last day of the month, `5L` its last Friday and `1#2` its second Monday.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from cronsim import CronSim, CronSimError

from jobwire.jobs.cron.fields import MONTH, WEEKDAY
from jobwire.jobs.cron.refusals import check_expression
from jobwire.jobs.cron.time_zone import zone_of
from jobwire.jobs.cron.wall_clock import instants_at, instants_while
from jobwire.jobs.errors import InvalidInputError
from jobwire.triggerdev.cron import expanded
from jobwire.triggerdev.cron_words import describe

#: How many expressions, and expressions in a zone, are remembered.
_REMEMBERED = 8192
#: Within the years after it every expression that ever comes has come.
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - on a wall
_STEPS = re.compile(r"(\d+)-(\d+)/\d+")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression, read.

    When day-of-month or day-of-week begins with `*`, a day must be in both fields;
    else either is enough. A time that names hour and minute comes once where a clock
    repeats an hour, and right after a gap that leaves it out; other times follow every
    hour there is.

    Attributes:
        text: As it was given.
        description: In English.
    """

    text: str
    description: str = field(compare=False)
    _calendar: CronSim = field(compare=False, repr=False)
    _follows_clock: bool = field(compare=False, repr=False)

    def ticks_after(self, timezone: str, after: datetime) -> Iterator[datetime]:
        """Iterate over the instants after another one: in UTC, strictly rising.

        Args:
            timezone: A name that `check_zone` passes.
            after: Aware. Any tick will do to go on from.
        """
        instants = instants_while if self._follows_clock else instants_at
        return instants(self._walls_after, zone_of(timezone), after)

    def next_after(self, timezone: str, after: datetime) -> datetime | None:
        """Return the first instant after another one, in UTC; None: never again.

        Many schedules of one expression and zone, due together, cost one search.

        Args:
            timezone: A name that `check_zone` passes.
            after: Aware.
        """
        memory = _memory_of(self, timezone)
        if memory.known is not None:
            since, tick = memory.known
            if since <= after < tick:
                return tick
        found = next(self.ticks_after(timezone, after), None)
        if found is not None:
            memory.known = (after, found)
        return found

    def is_on(self, day: date) -> bool:
        """Whether there is a time on this day."""
        return day.month in self._calendar.months and self._calendar.match_day(day)

    def _walls_after(self, start: datetime) -> Iterator[datetime]:
        # Without a zone it is a calendar and nothing else: with one, it loses its place
        # where a clock changes by half an hour or at midnight.
        calendar = copy(self._calendar)
        calendar.dt = start.replace(microsecond=0)
        with suppress(OverflowError):
            yield from calendar


@lru_cache(_REMEMBERED)
def read_expression(text: str) -> Expression:
    """Read an expression.

    Raises:
        InvalidInputError: It is none, or no day ever fits it; the message says what was
            expected, what was found and what to write. Its path is `cron`.
    """
    check_expression(text)
    fields = _plain(expanded(text))
    minute, hour, *_ = fields.split(" ")
    try:
        expression = Expression(
            text=text,
            description=describe(text),
            _calendar=CronSim(fields, _SOME_DAY),
            _follows_clock=minute.startswith("*") or hour.startswith("*"),
        )
        next(expression._walls_after(_SOME_DAY))  # noqa: SLF001 - own
    except (CronSimError, StopIteration) as error:
        raise InvalidInputError(
            f"cron must name days that come, but none is both in day-of-month and in"
            f" day-of-week of {text!r}. A field that begins with * narrows the other"
            " one down; without it either is enough.",
            path=("cron",),
        ) from error
    return expression


@dataclass(slots=True)
class _Memory:
    """What was found last.

    Attributes:
        known: An instant, and the first tick after it.
    """

    known: tuple[datetime, datetime] | None = None


@lru_cache(_REMEMBERED)
def _memory_of(expression: Expression, timezone: str) -> _Memory:  # noqa: ARG001 - the key
    return _Memory()


def _plain(text: str) -> str:
    """Write what cronsim reads otherwise, or not at all, in its own words."""
    minute, hour, day, month, weekday = text.upper().replace("?", "*").split(" ")
    for number, name in enumerate(MONTH.names, 1):
        month = month.replace(name, str(number))
    for number, name in enumerate(WEEKDAY.names):
        weekday = weekday.replace(name, str(number))
    # Of a range with one value and a step it takes the step to the field's end.
    return _STEPS.sub(
        lambda found: found[1] if int(found[1]) == int(found[2]) else found[0],
        f"{minute} {hour} {day} {month} {weekday}",
    )
