"""Cron expressions in English: the common ones as cronstrue tells them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from jobwire.triggerdev.cron import expanded
from jobwire.triggerdev.cron_items import (
    Item,
    are_single,
    firsts,
    plain_number,
    read_items,
)

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = (
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
)
_NTH = ("first", "second", "third", "fourth", "fifth")
_MONTH_NUMBERS = {name[:3].lower(): n for n, name in enumerate(_MONTHS, 1)}
_DAY_NUMBERS = {name[:3].lower(): n for n, name in enumerate(_DAYS)}
_NOON = 12


def describe(expression: str) -> str:
    """Tell an expression that has been accepted.

    Where both fields of days say something, either is enough ("and on"), unless one of
    them begins with a star ("only on").
    """
    minute, hour, day, month, weekday = expanded(expression).split(" ")
    is_either = not any(field.startswith(("*", "?")) for field in (day, weekday))
    parts = [
        _time(minute, hour),
        _days_of_month(day),
        _weekdays(weekday, is_either=is_either),
        _months(month),
    ]
    text = ", ".join(part for part in parts if part)
    return text[0].upper() + text[1:]


def _time(minute: str, hour: str) -> str:
    minutes, hours = read_items(minute), read_items(hour)
    if len(minutes) == 1 and hours and are_single([*minutes, *hours]):
        [at] = firsts(minutes)
        return f"at {_joined([_clock(one, at) for one in firsts(hours)])}"
    if minutes == [Item("0")] and not hours:
        return "every hour"
    parts = [_minutes(minutes), _hours(hours)]
    return ", ".join(part for part in parts if part)


def _minutes(items: list[Item]) -> str:
    if not items:
        return "every minute"
    if are_single(items):
        return f"at {_joined(firsts(items))} minutes past the hour"
    if len(items) > 1:
        return f"{_joined([_minutes_of(item) for item in items])} of the hour"
    [item] = items
    where = f"starting at {item.first} minutes past the hour"
    if item.last is not None:
        where = f"minutes {item.first} through {item.last} past the hour"
    return _every(item, "minute", where)


def _minutes_of(item: Item) -> str:
    if item.step is not None:
        return _every_from(item, "minute", _minute)
    if item.last is None:
        return f"at minute {item.first}"
    return f"minutes {item.first} through {item.last}"


def _hours(items: list[Item]) -> str:
    if not items:
        return ""
    if len(items) == 1 and are_single(items):
        [hour] = firsts(items)
        return f"between {_clock(hour)} and {_clock(hour, '59')}"
    if are_single(items):
        return f"at {_joined([_clock(one) for one in firsts(items)])}"
    return _joined(
        [_hours_of(item, ", " if len(items) == 1 else " ") for item in items]
    )


def _hours_of(item: Item, comma: str) -> str:
    if item.first is None:
        return _every(item, "hour", "")
    where = f"{'at' if item.step is None else 'starting at'} {_clock(item.first)}"
    if item.last is not None:
        where = f"between {_clock(item.first)} and {_clock(item.last, '59')}"
    return _every(item, "hour", where, comma)


def _days_of_month(text: str) -> str:
    parts = text.split(",")
    plain = [part for part in parts if part != "L"]
    items = read_items(",".join(plain)) if plain else []
    if plain and not items:
        return ""
    if len(parts) == 1 and items and items[0] != Item(items[0].first):
        [item] = items
        where = f"starting on day {item.first} of the month"
        if item.last is not None:
            where = f"between day {item.first} and {item.last} of the month"
        return _every(item, "day", where)
    steps = [_every_from(item, "day", _day_of_month) for item in items if item.step]
    days = [_span(item, plain_number) for item in items if not item.step]
    if days:
        days[0] = f"day {days[0]}"
    if len(plain) < len(parts):
        days.append("the last day")
    on = [f"on {_joined(days)} of the month"] if days else []
    return _joined([*steps, *on])


def _weekdays(text: str, *, is_either: bool) -> str:
    also = "and on" if is_either else "only on"
    name, mark, which = text.partition("#")
    parts = text.split(",")
    plain = [part for part in parts if not part.endswith("L")]
    lasts = [f"the last {_day(part[:-1])}" for part in parts if part.endswith("L")]
    if mark:
        plain, lasts = [], [f"the {_NTH[int(which) - 1]} {_day(name)}"]
    if not plain:
        told = f"on {_joined([*dict.fromkeys(lasts)])} of the month"
        return f"and {told}" if is_either else told
    items = read_items(",".join(plain))
    if not items:
        return ""
    return _named(items, [f"{last} of the month" for last in lasts], _WEEKDAY, also)


def _months(text: str) -> str:
    items = read_items(text)
    return _named(items, [], _MONTH, "only in") if items else ""


class _Words(NamedTuple):
    """How the values of a field are told."""

    unit: str
    name: Callable[[str], str]
    starting: str
    more: str = ""


def _named(items: list[Item], others: list[str], words: _Words, also: str) -> str:
    only = also.startswith("only")
    if len(items) == 1 and not others and items[0] != Item(items[0].first):
        [item] = items
        where = _span(item, words.name)
        if item.last is None:
            where = f"starting {words.starting} {where}"
        if item.step is None:
            return where if only else f"{also} {where}"
        told = _every(item, words.unit, where, more=words.more)
        return told if only else f"and {told}"
    steps = [
        _every_from(item, words.unit, words.name, words.more)
        for item in items
        if item.step
    ]
    spans = [_span(item, words.name) for item in items if not item.step]
    named = _joined([*spans, *others]) if spans or others else ""
    if not steps:
        return f"{also} {named}"
    on = [f"{words.starting} {named}"] if named else []
    told = _joined([*steps, *on])
    return told if only else f"and {told}"


def _span(item: Item, name: Callable[[str], str]) -> str:
    if item.first is None:
        return ""
    told = name(item.first)
    return told if item.last is None else f"{told} through {name(item.last)}"


def _every(
    item: Item, unit: str, where: str, comma: str = ", ", *, more: str = ""
) -> str:
    """Tell a span that stands alone."""
    if item.step is None:
        return where
    every = f"every {unit}" if item.step == "1" else f"every {item.step} {unit}s"
    return f"{every}{more}{comma}{where}" if item.first is not None else every + more


def _every_from(
    item: Item, unit: str, name: Callable[[str], str], more: str = ""
) -> str:
    """Tell a span with a step that stands among others."""
    return _every(
        item, unit, f"from {_span(item, name)}" if item.first else "", " ", more=more
    )


def _minute(text: str) -> str:
    return f"minute {text}"


def _day_of_month(text: str) -> str:
    return f"day {text}"


def _day(text: str) -> str:
    number = _DAY_NUMBERS.get(text.lower())
    return _DAYS[int(plain_number(text)) % len(_DAYS) if number is None else number]


def _month(text: str) -> str:
    number = _MONTH_NUMBERS.get(text.lower())
    return _MONTHS[(int(plain_number(text)) if number is None else number) - 1]


_WEEKDAY = _Words("day", _day, "on", " of the week")
_MONTH = _Words("month", _month, "in")


def _clock(hour: str, minute: str = "0") -> str:
    number = int(hour)
    half = "AM" if number < _NOON else "PM"
    return f"{(number - 1) % _NOON + 1:02}:{int(minute):02} {half}"


def _joined(texts: Sequence[str]) -> str:
    *most, last = texts
    if not most:
        return last
    comma = "," if len(most) > 1 else ""
    return f"{', '.join(most)}{comma} and {last}"
