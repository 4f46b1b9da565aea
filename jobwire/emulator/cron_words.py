"""Cron expressions in English, as cronstrue tells the common ones."""

from collections.abc import Callable, Sequence

from jobwire.triggerdev.cron import expanded

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
    """Tell an expression that has been accepted."""
    minute, hour, day, month, weekday = expanded(expression).split(" ")
    parts = [
        _time(minute, hour),
        _day_of_month(day),
        _weekday(weekday),
        _month(month),
    ]
    text = ", ".join(part for part in parts if part)
    return text[0].upper() + text[1:]


def _time(minute: str, hour: str) -> str:
    if minute.isdecimal() and all(one.isdecimal() for one in hour.split(",")):
        return f"at {_joined([_clock(one, minute) for one in hour.split(',')])}"
    if (minute, hour) == ("0", "*"):
        return "every hour"
    parts = [_minutes(minute), _hours(hour)]
    return ", ".join(part for part in parts if part)


def _minutes(text: str) -> str:
    if text == "*":
        return "every minute"
    if text.startswith("*/"):
        return _every(text[2:], "minute")
    if "/" in text:
        begin, _, step = text.partition("/")
        return f"{_every(step, 'minute')}, {_from_minute(begin)}"
    if "-" in text and "," not in text:
        return _from_minute(text)
    return f"at {_joined(text.split(','))} minutes past the hour"


def _from_minute(text: str) -> str:
    if "-" in text:
        first, _, last = text.partition("-")
        return f"minutes {first} through {last} past the hour"
    return f"starting at {text} minutes past the hour"


def _hours(text: str) -> str:
    if text == "*":
        return ""
    if text.startswith("*/"):
        return _every(text[2:], "hour")
    if "/" in text:
        begin, _, step = text.partition("/")
        return f"{_every(step, 'hour')}, {_between(begin)}"
    if "-" in text and "," not in text:
        return _between(text)
    return f"at {_joined([_clock(one, '0') for one in text.split(',')])}"


def _between(text: str) -> str:
    first, dash, last = text.partition("-")
    if not dash:
        return f"starting at {_clock(first, '0')}"
    return f"between {_clock(first, '0')} and {_clock(last, '59')}"


def _day_of_month(text: str) -> str:
    if text in {"*", "?"}:
        return ""
    if text.upper() == "L":
        return "on the last day of the month"
    if text.startswith("*/"):
        return _every(text[2:], "day")
    if "-" in text and "," not in text and "/" not in text:
        first, _, last = text.partition("-")
        return f"between day {first} and {last} of the month"
    return f"on day {_joined(text.split(','))} of the month"


def _weekday(text: str) -> str:
    if text in {"*", "?"}:
        return ""
    if "#" in text:
        name, _, which = text.partition("#")
        return f"on the {_NTH[int(which) - 1]} {_day(name)} of the month"
    if text.upper().endswith("L") and "," not in text:
        return f"on the last {_day(text[:-1])} of the month"
    if text.startswith("*/"):
        return f"{_every(text[2:], 'day')} of the week"
    return _listed(text, _day, "only on")


def _month(text: str) -> str:
    if text == "*":
        return ""
    if text.startswith("*/"):
        return _every(text[2:], "month")
    return _listed(text, _month_name, "only in")


def _listed(text: str, name: Callable[[str], str], only: str) -> str:
    if "-" in text and "," not in text:
        first, _, last = text.partition("-")
        return f"{name(first)} through {name(last)}"
    return f"{only} {_joined([name(one) for one in text.split(',')])}"


def _day(text: str) -> str:
    number = _DAY_NUMBERS.get(text.lower())
    return _DAYS[int(text) % len(_DAYS) if number is None else number]


def _month_name(text: str) -> str:
    number = _MONTH_NUMBERS.get(text.lower())
    return _MONTHS[(int(text) if number is None else number) - 1]


def _every(step: str, unit: str) -> str:
    return f"every {unit}" if step == "1" else f"every {step} {unit}s"


def _clock(hour: str, minute: str) -> str:
    number = int(hour)
    half = "AM" if number < _NOON else "PM"
    return f"{(number - 1) % _NOON + 1:02}:{int(minute):02} {half}"


def _joined(texts: Sequence[str]) -> str:
    *most, last = texts
    if not most:
        return last
    comma = "," if len(most) > 1 else ""
    return f"{', '.join(most)}{comma} and {last}"
