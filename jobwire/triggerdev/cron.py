"""Cron expressions as Trigger.dev reads them.

Source: cron-parser 4.9, which a server 4.5 reads them with, tried 2026-11-23.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from jobwire.triggerdev.errors import InvalidOptionError

_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
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
_LEAP_YEAR = 2024
_DAYS_OF_WEEK = 7
_MAX_WEEK = 5


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
        nth_weekday: A weekday, and which one of the month (`1#2`); None: every one.
        is_any_day, is_any_weekday: Whether that field says nothing. When both say
            something, either is enough.
    """

    expression: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_last_day: bool
    last_weekdays: frozenset[int]
    nth_weekday: tuple[int, int] | None
    is_any_day: bool
    is_any_weekday: bool

    def is_on(self, day: date) -> bool:
        """Whether there is a time on this day."""
        if day.month not in self.months:
            return False
        if self.is_any_weekday:
            return self._is_day(day)
        if self.is_any_day:
            return self._is_weekday(day)
        return self._is_day(day) or self._is_weekday(day)

    def _is_day(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return day.day in self.days or (self.is_last_day and day.day == last)

    def _is_weekday(self, day: date) -> bool:
        weekday = day.isoweekday() % _DAYS_OF_WEEK
        if self.nth_weekday is not None:
            which = (day.day - 1) // _DAYS_OF_WEEK + 1
            return (weekday, which) == self.nth_weekday
        last = monthrange(day.year, day.month)[1]
        if weekday in self.last_weekdays and day.day > last - _DAYS_OF_WEEK:
            return True
        return weekday in self.weekdays


def expanded(text: str) -> str:
    """Return the five fields that an alias stands for, or the text itself."""
    return _ALIASES.get(text.lower(), text)


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
    last_weekdays, nth, plain = _special_weekdays(weekday)
    months = _values(month, 1, 12, {name: n for n, name in enumerate(_MONTHS, 1)})
    day_parts = day.split(",")
    plain_days = [part for part in day_parts if part.upper() != "L"]
    days = _values(",".join(plain_days), 1, 31, {}) if plain_days else frozenset()
    is_last_day = len(plain_days) < len(day_parts)
    _check_possible(day, days, months, is_last_day=is_last_day)
    return Cron(
        expression=text,
        minutes=tuple(sorted(_values(minute, 0, 59, {}))),
        hours=tuple(sorted(_values(hour, 0, 23, {}))),
        days=days,
        months=months,
        weekdays=plain,
        is_last_day=is_last_day,
        last_weekdays=last_weekdays,
        nth_weekday=nth,
        is_any_day=day in _ANY,
        is_any_weekday=weekday in _ANY,
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


def _special_weekdays(
    text: str,
) -> tuple[frozenset[int], tuple[int, int] | None, frozenset[int]]:
    names = {name: n for n, name in enumerate(_DAYS)}
    if "#" in text:
        name, _, which = text.partition("#")
        if any(mark in text for mark in ",-/") or not which.isdecimal():
            raise CronError(f"Constraint error, invalid dayOfWeek {text}")
        if not 1 <= int(which) <= _MAX_WEEK:
            raise CronError("Constraint error, invalid dayOfWeek occurrence number (#)")
        [weekday] = _weekdays(name, names)
        return frozenset(), (weekday, int(which)), frozenset({weekday})
    last: set[int] = set()
    plain: list[str] = []
    for part in text.split(","):
        if part.upper().endswith("L"):
            last |= _weekdays(part[:-1], names)
        else:
            plain.append(part)
    weekdays = _weekdays(",".join(plain), names) if plain else frozenset()
    return frozenset(last), None, weekdays


def _weekdays(text: str, names: dict[str, int]) -> frozenset[int]:
    found = _values(text, 0, 7, names)
    return frozenset(value % _DAYS_OF_WEEK for value in found)


def _values(
    text: str, lowest: int, highest: int, names: dict[str, int]
) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = 1
        if slash:
            if not step_text.isdecimal() or int(step_text) == 0:
                raise CronError(f"Constraint error, cannot repeat at every {step_text}")
            step = int(step_text)
        first, last = _span(span, lowest, highest, names, repeats=bool(slash))
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _span(
    text: str, lowest: int, highest: int, names: dict[str, int], *, repeats: bool
) -> tuple[int, int]:
    if text in _ANY:
        # Only the two fields of days may be left open with a question mark.
        if text == "?" and highest not in {7, 31}:
            raise CronError(f"Invalid characters, got value: {text}")
        return lowest, highest if highest != _DAYS_OF_WEEK else _DAYS_OF_WEEK - 1
    begin, dash, end = text.partition("-")
    first = _number(begin, lowest, highest, names)
    if not dash:
        return first, highest if repeats else first
    last = _number(end, lowest, highest, names)
    if first > last:
        raise CronError(f"Invalid range: {text}")
    return first, last


def _number(text: str, lowest: int, highest: int, names: dict[str, int]) -> int:
    value = names.get(text.lower())
    if value is None:
        if not text.isascii() or not text.isdecimal():
            raise CronError(f"Invalid characters, got value: {text}")
        value = int(text)
    if not lowest <= value <= highest:
        raise CronError(
            f"Constraint error, got value {text} expected range {lowest}-{highest}"
        )
    return value


def _check_possible(
    text: str, days: frozenset[int], months: frozenset[int], *, is_last_day: bool
) -> None:
    if is_last_day or text in _ANY:
        return
    longest = max(monthrange(_LEAP_YEAR, month)[1] for month in months)
    if min(days) > longest:
        raise CronError("Invalid explicit day of month definition")
