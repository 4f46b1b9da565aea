"""Lines: what code has logged, in bounded text that can be stored."""

import logging
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.failure import cut, cut_stack
from jobwire.models.vocabulary import LogLevel

#: Bytes of a line's message, as UTF-8; longer ones are cut.
MAX_MESSAGE_BYTES = 4000
#: Bytes of the JSON of one of its fields; a larger value is kept as text that is cut.
MAX_FIELD_BYTES = 2000
#: Bytes of the JSON of all its fields but the exception; what exceeds them is left out.
MAX_FIELDS_BYTES = 8000
#: The field that holds the text of the exception.
EXCEPTION = "exception"
#: The field that says how many others were left out.
LEFT_OUT = "…"

_MAX_NAME_BYTES = 200
_LEVELS = (
    (logging.ERROR, LogLevel.ERROR),
    (logging.WARNING, LogLevel.WARN),
    (logging.INFO, LogLevel.INFO),
)
#: The least number of Python's own logging that is a level.
NUMBERS = {level: number for number, level in _LEVELS} | {LogLevel.DEBUG: 0}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, before it has a number.

    Attributes:
        at: When it was written, by the clock of its writer.
        level: How grave it is.
        message: At most 4,000 bytes.
        fields: A JSON object as text; None: there are none.
        dropped: How many lines were dropped here, which it stands for; None: it is
            one that code wrote.
    """

    at: datetime
    level: LogLevel
    message: str
    fields: str | None = None
    dropped: int | None = None

    @property
    def size(self) -> int:
        """Characters that it holds."""
        return len(self.message) + len(self.fields or "")


def level_of(number: int) -> LogLevel:
    """Return the level of a number of Python's logging."""
    return next((level for least, level in _LEVELS if number >= least), LogLevel.DEBUG)


def at_least(level: LogLevel) -> list[str]:
    """Return the words of a level and of all that are graver."""
    words = [each.value for each in LogLevel]
    return words[words.index(level.value) :]


def line_of_call(
    at: datetime,
    level: int,
    message: object,
    arguments: tuple[Any, ...],
    *,
    extra: object = None,
    exc_info: object = None,
) -> Line:
    """Make a line of a call of Python's logging; never raises.

    What it is given is turned into text at once, for code may change it later.
    """
    fields = extra if isinstance(extra, Mapping) else {}
    return Line(
        at,
        level_of(level),
        cut(_formatted(message, arguments), MAX_MESSAGE_BYTES),
        fields_text(fields, exception=_exception(exc_info)),
    )


def note_of_dropped(at: datetime, count: int) -> Line:
    """Make the line that stands for lines that came faster than they are stored."""
    return Line(
        at,
        LogLevel.WARN,
        f"Lines were dropped here: {count:,}. The job logs faster than is stored.",
        dropped=count,
    )


def fields_text(
    fields: Mapping[Any, Any], *, exception: str | None = None
) -> str | None:
    """Write fields as JSON that `jsonb` accepts; None: there are none.

    Values that are no JSON are written as text. What is too large is cut, and shows it:
    text ends with `…`, and a field of that name says how many were left out.
    """
    kept: dict[str, str] = {}
    left_out, size = 0, 0
    try:
        items = list(fields.items())
    # A mapping that is no dictionary, or one that another thread changes right now.
    except Exception:  # noqa: BLE001 - see above
        items = []
    for name, value in items:
        key = json_text.storable(cut(_text(name), _MAX_NAME_BYTES))
        written = _value(value)
        size += len(key.encode()) + len(written.encode())
        if size > MAX_FIELDS_BYTES:
            left_out += 1
        else:
            kept[key] = written
    if left_out:
        told = f"{left_out} more {'field was' if left_out == 1 else 'fields were'}"
        kept[json_text.storable(LEFT_OUT)] = json_text.storable(f"{told} left out.")
    if exception is not None:
        kept[json_text.storable(EXCEPTION)] = json_text.storable(cut_stack(exception))
    if not kept:
        return None
    return "{" + ",".join(f"{key}:{value}" for key, value in kept.items()) + "}"


def _value(value: object) -> str:
    try:
        written = json_text.storable(value)
    # Not JSON, nested too deeply, changed by another thread: whatever it is.
    except Exception:  # noqa: BLE001 - see above
        written = json_text.storable(cut(_text(value), MAX_FIELD_BYTES))
    if len(written.encode()) <= MAX_FIELD_BYTES:
        return written
    text = value if isinstance(value, str) else written
    # Escapes make it longer again, so there is room for them.
    return json_text.storable(cut(text, MAX_FIELD_BYTES // 2))


def _formatted(message: object, arguments: tuple[Any, ...]) -> str:
    text = _text(message)
    if not arguments:
        return text
    # As logging does it: one dictionary is for named places.
    [first, *rest] = arguments
    named = first if isinstance(first, Mapping) and first and not rest else arguments
    try:
        return text % named
    # Arguments that do not fit, or whose text fails: the line is kept as it is.
    except Exception:  # noqa: BLE001 - see above
        return f"{text} {_text(arguments)}"


def _exception(info: object) -> str | None:
    """Write the exception that a call of logging names as it may be named there."""
    error = info
    if isinstance(info, tuple) and len(info) > 1:
        error = info[1]
    elif info and not isinstance(info, BaseException):
        error = sys.exception()
    if not isinstance(error, BaseException):
        return None
    try:
        return "".join(traceback.format_exception(error))
    # Formatting calls __str__ and __repr__ of the error and of all its causes.
    except Exception as broken:  # noqa: BLE001 - see above
        return f"{type(error).__name__}, whose text failed: {type(broken).__name__}"


def _text(value: object) -> str:
    try:
        return str(value)
    # Somebody else's __str__ may raise anything.
    except Exception as broken:  # noqa: BLE001 - see above
        return f"{type(value).__name__}, whose text failed: {type(broken).__name__}"
