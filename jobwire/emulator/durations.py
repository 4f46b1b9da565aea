"""Spans and instants as Trigger.dev reads them from callers.

Source: `packages/core/src/v3/isomorphic/duration.ts` and
`apps/webapp/app/utils/delays.ts` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from jobwire.emulator.clock import to_ms

_UNITS_MS = {
    "w": 604_800_000,
    "d": 86_400_000,
    "hr": 3_600_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
}
_DURATION = re.compile(r"(?:\d+(?:w|d|hr|h|m|s))+")
_PART = re.compile(r"(\d+)(w|d|hr|h|m|s)")
_MAX_DURATION_LENGTH = 100
_KEY_TTL = re.compile(r"(\d+)([smhd])")
_PERIOD_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|w|d|hr|h|min|m|s|y)(?![a-z])")
_PERIOD_UNITS_MS = {**_UNITS_MS, "ms": 1, "min": 60_000, "y": 31_557_600_000}
_YEAR_OR_MONTH = re.compile(r"\d{4}(-\d{2})?")
_SHOWN_UNITS = ("w", "d", "h", "m", "s")
#: The end of the year 9999, in milliseconds since 1970; later there is nothing.
LAST_INSTANT = 253_402_300_799_999


def parse_duration(text: str) -> int | None:
    """Return the milliseconds of `1h30m` and its like; None: it is not a duration.

    A unit that is repeated counts once.
    """
    if len(text) > _MAX_DURATION_LENGTH or not _DURATION.fullmatch(text):
        return None
    first: dict[str, int] = {}
    for number, unit in _PART.findall(text):
        first.setdefault(unit, int(number))
    return _span(number * _UNITS_MS[unit] for unit, number in first.items())


def write_duration(seconds: int) -> str | None:
    """Write seconds as `1h10m`; None for 0."""
    parts = []
    for unit in _SHOWN_UNITS:
        size = _UNITS_MS[unit] // 1000
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or None


def parse_key_ttl(text: str) -> int | None:
    """Return the milliseconds of `5s`, `1h` …: one number and one unit only."""
    found = _KEY_TTL.fullmatch(text)
    return _span([int(found[1]) * _UNITS_MS[found[2]]]) if found else None


def parse_period(text: str) -> int | None:
    """Return the milliseconds of a list's period, such as `7d` or `1.5h`."""
    parts = _PERIOD_PART.findall(text.lower())
    if not parts:
        return None
    return _span(float(number) * _PERIOD_UNITS_MS[unit] for number, unit in parts)


def parse_date(text: str) -> int | None:
    """Return the instant of a date that JavaScript would understand; or None.

    ISO 8601 and RFC 2822 are understood; of what else V8 accepts, nothing is.
    """
    stripped = text.strip()
    if _YEAR_OR_MONTH.fullmatch(stripped):
        stripped = f"{stripped}-01-01"[:10]
    parsed = _from_iso(stripped) or _from_mail(stripped)
    if parsed is None:
        return None
    return to_ms(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def parse_delay(text: str, now: int) -> int | None:
    """Return until when a run is delayed; None: not at all, which includes the past."""
    span = parse_duration(text)
    until = now + span if span is not None else parse_date(text)
    if until is None or not now < until <= LAST_INSTANT:
        return None
    return until


def later(now: int, span: int) -> int:
    """Return an instant after another one; the last one, if it would be after that."""
    return min(now + span, LAST_INSTANT)


def _span(parts: Iterable[float]) -> int:
    return int(min(sum(parts), LAST_INSTANT))


def _from_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _from_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
