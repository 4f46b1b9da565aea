"""The scalars: instants, durations, JSON and positions in the event log.

Each refuses what the rest of the system could not keep: an instant without an offset,
a month of unknown length, a number or character that `jsonb` has no place for.
"""

import math
import re
from datetime import datetime, timedelta
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from jobwire.jobs.instant import in_utc
from jobwire.jobs.iso8601 import format_duration, format_instant

#: An opaque position in the event log.
EventCursor = NewType("EventCursor", str)

MAX_CURSOR_LENGTH = 512
MAX_JSON_DEPTH = 100
MAX_DURATION = timedelta(days=36_525)
_MAX_SHOWN = 80

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,12}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_CURSOR = re.compile(r"[A-Za-z0-9._~=-]+", re.ASCII)


def parse_instant(value: object) -> datetime:
    """Read an instant, to the microsecond, in UTC.

    Raises:
        GraphQLError: It is no date and time with an offset.
    """
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return in_utc(datetime.fromisoformat(value))
        except ValueError:
            pass
    raise GraphQLError(
        "Expected a date and time with an offset from UTC, such as"
        f" 2026-11-23T19:30:00.000Z, not {_shown(value)}."
    )


def parse_duration(value: object) -> timedelta:
    """Read a duration from weeks down to microseconds.

    Raises:
        GraphQLError: It is none, counts years or months, or is too long.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()) or found.group().endswith("T"):
        raise GraphQLError(
            "Expected an ISO 8601 duration of weeks, days, hours, minutes and seconds,"
            f" such as PT30S or P1D, not {_shown(value)}."
        )
    parts = found.groupdict(default="0")
    duration = timedelta(
        weeks=int(parts["weeks"]),
        days=int(parts["days"]),
        hours=int(parts["hours"]),
        minutes=int(parts["minutes"]),
    )
    whole, _, fraction = parts["seconds"].partition(".")
    duration += timedelta(seconds=int(whole), microseconds=int(fraction.ljust(6, "0")))
    if duration > MAX_DURATION:
        raise GraphQLError(
            f"A duration is at most P{MAX_DURATION.days}D, not {_shown(value)}."
        )
    return duration


def parse_json(value: Any) -> Any:
    """Pass a JSON value on if `jsonb` can keep it.

    Raises:
        GraphQLError: It is nested too deeply, or holds a number that is not finite, a
            NUL character or a lone surrogate.
    """
    depth, items = 0, [value]
    while items:
        if depth > MAX_JSON_DEPTH:
            raise GraphQLError(
                f"JSON may be nested at most {MAX_JSON_DEPTH} levels deep."
            )
        items = _members(items)
        depth += 1
    return value


def _members(items: list[Any]) -> list[Any]:
    """Return what is in arrays and objects, keys included, and refuse what is no JSON.

    Level by level: that takes a third of the time that going down into each one takes.
    """
    members: list[Any] = []
    for item in items:
        if isinstance(item, str):
            if is_unstorable(item):
                raise GraphQLError(
                    "JSON must not hold NUL characters or lone surrogates."
                )
        elif isinstance(item, list):
            members += item
        elif isinstance(item, dict):
            members += item
            members += item.values()
        elif isinstance(item, float) and not math.isfinite(item):
            raise GraphQLError("JSON has no NaN and no Infinity.")
    return members


def is_unstorable(text: str) -> bool:
    """Whether PostgreSQL would refuse a text: for a NUL or for a lone surrogate."""
    return _UNSTORABLE.search(text) is not None


def parse_cursor(value: object) -> EventCursor:
    """Read a position in the event log; the feed checks that it gave it.

    Raises:
        GraphQLError: It cannot be one.
    """
    if (
        isinstance(value, str)
        and len(value) <= MAX_CURSOR_LENGTH
        and _CURSOR.fullmatch(value)
    ):
        return EventCursor(value)
    raise GraphQLError(
        "Expected a cursor exactly as this server gave it, in cursor or asOf, not"
        f" {_shown(value)}."
    )


def _parse_json_literal(
    node: ValueNode, variables: dict[str, Any] | None = None
) -> Any:
    try:
        value = value_from_ast_untyped(node, variables)
    except ValueError as error:
        raise GraphQLError("JSON numbers have at most 4,300 digits.", node) from error
    return parse_json(value)


def _shown(value: object) -> str:
    """Quote a client's own value, cut short."""
    text = (
        repr(value)
        if isinstance(value, str | int | float | bool)
        else ("null" if value is None else f"a {type(value).__name__}")
    )
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


#: Which Python type stands for which scalar.
SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "An instant in ISO 8601 with an offset from UTC, for example"
            " 2026-11-23T19:30:00.000Z. It is answered in UTC with milliseconds. A"
            " value without an offset, a week date or a bare date is refused; parts"
            " finer than a microsecond are cut off."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        parse_value=parse_instant,
        serialize=format_instant,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description=(
            "An ISO 8601 duration of weeks, days, hours, minutes and seconds, for"
            " example PT30S, PT1H30M or P1D, with up to six decimals in the seconds."
            " Years and months are refused because their length varies. It is at most"
            f" P{MAX_DURATION.days}D and never negative. A day is 24 hours."
        ),
        specified_by_url="https://www.iso.org/iso-8601-date-and-time-format.html",
        parse_value=parse_duration,
        serialize=format_duration,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description=(
            "Any JSON value. NaN, Infinity, NUL characters, lone surrogates and more"
            f" than {MAX_JSON_DEPTH} levels of nesting are refused."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        parse_value=parse_json,
        parse_literal=_parse_json_literal,
        serialize=lambda value: value,
    ),
    EventCursor: strawberry.scalar(
        name="EventCursor",
        description=(
            "An opaque position in the log of events, which is in the order of"
            " commits. Clients store it and send it back unchanged. It stays valid"
            " while the log reaches back to it; a stream that is given an older one"
            f" answers StreamReset. It has at most {MAX_CURSOR_LENGTH} characters."
        ),
        parse_value=parse_cursor,
        serialize=str,
    ),
}
