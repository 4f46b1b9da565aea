"""Spans of time as the server reads them: texts such as `1h30m`.

Source: `packages/core/src/v3/isomorphic/duration.ts` of triggerdotdev/trigger.dev, read
2026-11-23.
"""

import re
from datetime import timedelta

from jobwire.triggerdev.errors import InvalidOptionError

Span = timedelta | str

#: Dates that much later are still dates to JavaScript.
LONGEST = timedelta(days=36_500)
_MAX_LENGTH = 100
_TEXT = re.compile(r"(?:[0-9]+(?:w|d|hr|h|m|s))+")
_PART = re.compile(r"([0-9]+)(w|d|h|m|s)")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}


def length_of(option: str, span: Span) -> timedelta:
    """Return how long a span is.

    Args:
        option: How the error calls it.
        span: Longer than nothing; as a text of the units w, d, h (or hr), m and s,
            each at most once.

    Raises:
        InvalidOptionError: The server would ignore it, or count a part of it.
    """
    length = span if isinstance(span, timedelta) else _read(option, span)
    if length <= timedelta():
        raise InvalidOptionError(option, f"be longer than nothing, not {span}")
    if length > LONGEST:
        raise InvalidOptionError(option, f"be at most 100 years, not {span}")
    return length


def whole_seconds(span: timedelta) -> int:
    """Round up: a shorter span could be none at all."""
    return -(-span // timedelta(seconds=1))


def written(span: Span) -> str:
    """Write a span as a text."""
    return f"{whole_seconds(span)}s" if isinstance(span, timedelta) else span


def _read(option: str, text: str) -> timedelta:
    # Of a unit that comes twice the server counts one.
    parts = _PART.findall(text)
    units = {unit for _, unit in parts}
    known = len(text) <= _MAX_LENGTH and _TEXT.fullmatch(text)
    if not known or len(units) != len(parts):
        must = f"be a span such as 1h30m (units w, d, h, m, s), not {text!r}"
        raise InvalidOptionError(option, must)
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    return min(timedelta(seconds=min(seconds, 10**12)), LONGEST * 2)
