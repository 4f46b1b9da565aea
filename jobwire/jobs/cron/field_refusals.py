"""Why a field is no field of a cron expression, and what to write."""

import re
from collections.abc import Iterator

from jobwire.jobs.cron.fields import DAY, WEEKDAY, Field

_WEEKS = frozenset("12345")
_NEAREST_WEEKDAY = re.compile(r"L?W|\d+W|W\d+", re.IGNORECASE)
_FROM_LAST = re.compile(r"L-\d+|\d+L|L\d+", re.IGNORECASE)


def why_field_is_refused(field: Field, text: str) -> str | None:
    """Return what it must be, what it is and what to write; None: it is one."""
    return next(_reasons(field, text), None)


def _reasons(field: Field, text: str) -> Iterator[str]:
    items = text.split(",")
    if not all(items):
        yield (
            f"must have no empty item in its list, but it is {text!r}. Leave out the"
            " comma that is too many."
        )
    if "?" in text:
        if field not in {DAY, WEEKDAY}:
            yield f"must not hold ?, which only fields of days may: {text!r}. Write *."
        if "*" in text:
            yield f"must hold either * or ?, not both: {text!r}. Write *."
    if "#" in text and len(items) > 1:
        yield f"must hold # alone, not in a list: {text!r}. Write one such as MON#2."
    for item in items:
        yield from _reasons_of_item(field, item)


def _reasons_of_item(field: Field, item: str) -> Iterator[str]:
    if field is DAY:
        yield from _reasons_of_day(item)
        if item == "L":
            return
    if field is WEEKDAY:
        yield from _reasons_of_weekday(item)
        if "#" in item:
            return
        item = item.removesuffix("L")
    if item.upper() == "H" or re.match(r"H[/(]", item, re.IGNORECASE):
        yield (
            f"must not hold H, which only Jenkins reads: {item!r}. Write a"
            f" number from {field.lowest} to {field.highest}."
        )
    span, slash, step = item.partition("/")
    if slash:
        yield from _reasons_of_step(field, item, step)
    if span in {"*", "?"}:
        return
    first, dash, last = span.partition("-")
    for part in (first, last) if dash else (first,):
        yield from _reasons_of_value(field, item, part)
    low, high = field.value(first), field.value(last) if dash else None
    if low is not None and high is not None and low > high:
        advice = "two ranges that rise" if slash else _split(field, first, last)
        yield f"must have ranges that rise, but {item!r} falls. Write {advice}."


def _reasons_of_day(item: str) -> Iterator[str]:
    if _NEAREST_WEEKDAY.fullmatch(item):
        yield (
            f"must not hold W, the nearest weekday, which is not supported: {item!r}."
            " Write days, or L for the last one of the month."
        )
    if item == "l":
        yield "must spell the last day of the month L, in upper case, not 'l'."
    if _FROM_LAST.fullmatch(item) or ("L" in item.upper() and "/" in item):
        yield f"must hold L alone, the last day of the month, not {item!r}. Write L."


def _reasons_of_weekday(item: str) -> Iterator[str]:
    if item.upper() == "L":
        yield (
            "must say which last day it means, not only L. Write 5L for the last Friday"
            " of the month, or 6 for every Saturday."
        )
    day, mark, week = item.partition("#")
    if mark:
        yield from _reasons_of_value(WEEKDAY, item, day)
        if week not in _WEEKS:
            yield (
                f"must have a week from 1 to 5 after #, not {week!r}. Write"
                f" {day}#1 to {day}#5."
            )
    elif item.upper().endswith("L"):
        yield from _reasons_of_last(item)


def _reasons_of_last(item: str) -> Iterator[str]:
    day = item[:-1]
    if item.endswith("l"):
        yield f"must spell the last one of a month {day}L, in upper case, not {item!r}."
    if any(mark in day for mark in "-/*?"):
        yield f"must have one day before L, not {item!r}. Write a list such as 1L,5L."


def _reasons_of_step(field: Field, item: str, step: str) -> Iterator[str]:
    if not (step.isascii() and step.isdecimal()):
        yield f"must have a number after /, not {step!r}. Write a step such as */5."
    elif not int(step):
        yield (
            f"must have a step of 1 or more, not {item!r}. Write * for every"
            f" {'day' if field.name.startswith('day') else field.name}."
        )


def _reasons_of_value(field: Field, item: str, text: str) -> Iterator[str]:
    value = field.value(text)
    if value is None:
        text = text or item
        within = f" in {item!r}" if text != item else ""
        near = text[:3].upper()
        advice = f" Write {near}." if near in field.names else ""
        yield f"must be from {field.range}, not {text!r}{within}.{advice}"
    elif not field.lowest <= value <= field.highest:
        yield f"must be from {field.range}, not {text}."


def _split(field: Field, first: str, last: str) -> str:
    """Write a range that goes over the end of its field in two."""
    if field is WEEKDAY:
        low, high = field.value(first) or 0, field.value(last) or 0
        days = [*range(low, 7), *range(high + 1)]
        return ",".join(field.names[day] for day in days)
    highest = field.names[-1] if first.upper() in field.names else str(field.highest)
    lowest = field.names[0] if last.upper() in field.names else str(field.lowest)
    before = first if first.upper() == highest else f"{first}-{highest}"
    after = last if last.upper() == lowest else f"{lowest}-{last}"
    return f"{before},{after}"
