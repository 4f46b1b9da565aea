"""Cron expressions as Trigger.dev reads them.

Source: cron-parser 4.9, which a server 4.5 reads them with, tried 2026-11-23; its
rule for days compared with `_findSchedule` over generated expressions, 2026-11-26.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from jobwire.triggerdev.errors import InvalidOptionError

_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = 5
_ANY = frozenset({"*", "?"})
#: Of each month in a leap year.
_LONGEST = tuple(monthrange(2024, month)[1] for month in range(1, 13))
_DAYS_OF_WEEK = 7
_HOURS = 24
_MAX_WEEK = 5
_MOST_DIGITS = 9


class CronError(ValueError):
    """An expression that the server refuses, in its own words."""


@dataclass(frozen=True, slots=True)
class Cron:
    """An expression, read.

    Attributes:
        expression: As it was given.
        minutes, hours, months: From 0, 0 and 1.
        days: Of the month, from 1.
        weekdays: From 0, which is Sunday.
        is_last_day: Whether the last day of the month counts as well (`L`).
        last_weekdays: Weekdays of which the last one of the month counts (`5L`).
        week: Which seven days of the month alone count (`1#2`), from 1; None: all.
        day_count: How many days the field of days names, repeats counted. It says
            nothing in months that have no more: `*`, but also `1-31` and `*/1`.
        is_any_weekday: Whether the field of weekdays says nothing: `*`, but also `1-7`.
            When both fields say something, either is enough.
        follows_every_hour: Whether all hours are named once, so that it follows a clock
            over the edges of summer time.
    """

    expression: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_last_day: bool
    last_weekdays: frozenset[int]
    week: int | None
    day_count: int
    is_any_weekday: bool
    follows_every_hour: bool

    def is_on(self, day: date) -> bool:
        """Whether there is a time on this day."""
        if day.month not in self.months:
            return False
        if self.week not in {None, (day.day - 1) // _DAYS_OF_WEEK + 1}:
            return False
        if self.is_any_weekday:
            return self._is_day(day)
        if self.day_count >= _LONGEST[day.month - 1]:
            return self._is_weekday(day)
        return self._is_day(day) or self._is_weekday(day)

    def _is_day(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return day.day in self.days or (self.is_last_day and day.day == last)

    def _is_weekday(self, day: date) -> bool:
        weekday = day.isoweekday() % _DAYS_OF_WEEK
        last = monthrange(day.year, day.month)[1]
        if weekday in self.last_weekdays and day.day > last - _DAYS_OF_WEEK:
            return True
        return weekday in self.weekdays


class _Field(NamedTuple):
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """Read a number or a name."""
        if text.lower() in self.names:
            return self.lowest + self.names.index(text.lower())
        value = _whole(text)
        if value is None:
            raise CronError(f"Invalid characters, got value: {text}")
        if not self.lowest <= value <= self.highest:
            raise CronError(
                f"Constraint error, got value {text} expected range"
                f" {self.lowest}-{self.highest}"
            )
        return value


_MINUTE = _Field(0, 59)
_HOUR = _Field(0, 23)
_DAY = _Field(1, 31)
_MONTH = _Field(1, 12, _MONTHS)
_WEEKDAY = _Field(0, 7, _DAYS)


def expanded(text: str) -> str:
    """Return the five fields that an alias stands for, or the text itself."""
    return _ALIASES.get(text, text)


def read_cron(text: str) -> Cron:
    """Read an expression of five fields, or an alias such as `@daily`.

    Raises:
        CronError: The server would refuse it, or fail over it.
    """
    fields = expanded(text).split(" ")
    if len(fields) > _FIELDS:
        raise CronError("CRON expressions with seconds are not allowed")
    if len(fields) < _FIELDS or not all(fields):
        raise CronError(f"An expression has five fields, and this has {len(fields)}")
    minute, hour, day, month, weekday = fields
    hours, months = _values(hour, _HOUR), _values(month, _MONTH)
    day_parts = day.split(",")
    plain_days = [part for part in day_parts if part != "L"]
    days = _values(",".join(plain_days), _DAY) if plain_days else []
    lasts = len(day_parts) - len(plain_days)
    last_weekdays, week, weekdays = _special_weekdays(weekday)
    is_any_weekday = len(weekdays) + len(last_weekdays) == _DAYS_OF_WEEK + 1
    _check_possible(days, months, has_others=lasts > 0 or not is_any_weekday)
    if len(months) == 1:
        days = [one for one in days if one <= _LONGEST[months[0] - 1]]
    return Cron(
        expression=text,
        minutes=tuple(sorted(set(_values(minute, _MINUTE)))),
        hours=tuple(sorted(set(hours))),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset(one % _DAYS_OF_WEEK for one in weekdays),
        is_last_day=lasts > 0,
        last_weekdays=frozenset(one % _DAYS_OF_WEEK for one in last_weekdays),
        week=week,
        day_count=len(days) + lasts,
        is_any_weekday=is_any_weekday,
        follows_every_hour=len(hours) == _HOURS,
    )


def check_cron(option: str, text: str) -> None:
    """Pass an expression that the server accepts.

    Raises:
        InvalidOptionError: It does not.
    """
    try:
        read_cron(text)
    except CronError as error:
        must = f"be a cron expression such as 0 9 * * MON-FRI, not {text!r} ({error})"
        raise InvalidOptionError(option, must) from error


def _special_weekdays(text: str) -> tuple[list[int], int | None, list[int]]:
    name, mark, which = text.partition("#")
    if mark:
        if any(other in text for other in ",-/"):
            raise CronError(f"Constraint error, invalid dayOfWeek {text}")
        week = _whole(which)
        if week is None or not 1 <= week <= _MAX_WEEK:
            raise CronError("Constraint error, invalid dayOfWeek occurrence number (#)")
        return [], week, [_WEEKDAY.number(name)]
    parts = text.split(",")
    plain = [part for part in parts if not part.endswith("L")]
    last = [_WEEKDAY.number(part[:-1]) for part in parts if part.endswith("L")]
    return last, None, _values(",".join(plain), _WEEKDAY) if plain else []


def _values(text: str, field: _Field) -> list[int]:
    if "*" in text and "?" in text:
        raise CronError(f"Invalid characters, got value: {text}")
    found: list[int] = []
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = _whole(step_text) if slash else 1
        if not step:
            raise CronError(f"Constraint error, cannot repeat at every {step_text}")
        first, last = _span(span, field, repeats=bool(slash))
        values = [*range(first, last + 1, step)]
        is_span = slash or "-" in span or span in _ANY
        if is_span and field is _WEEKDAY and last % _DAYS_OF_WEEK == 0:
            # Whatever the step: theirs begins with the Sunday that the span ends with.
            values = [0, *(one for one in values if one)]
        found += values
    return found


def _span(text: str, field: _Field, *, repeats: bool) -> tuple[int, int]:
    if text in _ANY:
        if text == "?" and field not in {_DAY, _WEEKDAY}:
            raise CronError(f"Invalid characters, got value: {text}")
        return field.lowest, field.highest
    begin, dash, end = text.partition("-")
    first = field.number(begin)
    if not dash:
        return first, field.highest if repeats else first
    last = field.number(end)
    if first > last:
        raise CronError(f"Invalid range: {text}")
    return first, last


def _whole(text: str) -> int | None:
    """Read a number without a sign; one of too many digits is as good as any."""
    if not text.isascii() or not text.isdecimal():
        return None
    return int(text.lstrip("0")[:_MOST_DIGITS] or "0")


def _check_possible(days: list[int], months: list[int], *, has_others: bool) -> None:
    # A single month they check against the first of the days. Several months without
    # any day they accept, and then fail over.
    if not days or (len(months) > 1 and has_others):
        return
    if min(days) > max(_LONGEST[month - 1] for month in months):
        raise CronError("Invalid explicit day of month definition")
