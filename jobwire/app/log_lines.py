"""Log lines: the records of any logger, as JSON or for a person."""

import logging
import sys
from collections.abc import Collection
from datetime import UTC, datetime

from structlog.contextvars import merge_contextvars
from structlog.dev import (
    BRIGHT,
    RESET_ALL,
    Column,
    ConsoleRenderer,
    KeyValueColumnFormatter,
    plain_traceback,
)
from structlog.processors import JSONRenderer, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor

from jobwire.app.redaction import Redact

#: What a library says again for a terminal, and what we say in words of our own.
_PASSED_OVER = frozenset({"at", "color_message", "level", "logger"})


def json_formatter(secrets: Collection[str] = ()) -> logging.Formatter:
    """Return a formatter that writes one JSON object a line.

    Its members: at, level, logger, message, then the named values of the call and of
    what it was about, then a traceback as `exception`.
    """
    return _formatter(secrets, _in_full, JSONRenderer(default=str, ensure_ascii=False))


def console_formatter(secrets: Collection[str] = ()) -> logging.Formatter:
    """Return a formatter for a person: time, level, message, then name=value."""
    is_terminal = sys.stderr.isatty()
    bright, reset = (BRIGHT, RESET_ALL) if is_terminal else ("", "")

    def column(style: str = "", width: int = 0) -> KeyValueColumnFormatter:
        after = reset if style else ""
        return KeyValueColumnFormatter(None, style, after, str, width)

    renderer = ConsoleRenderer(
        columns=[
            Column("at", column()),
            Column("level", column(width=7)),
            Column("message", column(bright)),
            Column("", KeyValueColumnFormatter("", "", "", _in_one_piece)),
        ],
        # Others show variables too, and those may hold anybody's secrets.
        exception_formatter=plain_traceback,
        sort_keys=False,
    )
    return _formatter(secrets, _in_short, renderer)


def _formatter(
    secrets: Collection[str], shape: Processor, renderer: Processor
) -> logging.Formatter:
    return ProcessorFormatter(
        foreign_pre_chain=[_set_message_apart, merge_contextvars, ExtraAdder()],
        processors=[
            format_exc_info,
            shape,
            Redact(secrets),
            ProcessorFormatter.remove_processors_meta,
            renderer,
        ],
    )


def _set_message_apart(_: object, __: str, event: EventDict) -> EventDict:
    """Make way for an `extra` that is called as structlog calls the message."""
    event["message"] = event.pop("event")
    return event


def _in_full(_: object, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    head = {"at": at, "level": record.levelname, "logger": record.name}
    return {**head, **_rest(event)}


def _in_short(_: object, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC).astimezone()
    head = {"at": f"{at:%H:%M:%S}", "level": record.levelname.lower()}
    return {**head, **_rest(event)}


def _in_one_piece(value: object) -> str:
    """Write a value so that it neither ends its line nor looks like several."""
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)


def _rest(event: EventDict) -> EventDict:
    is_ours = event["_from_structlog"]
    message = event.pop("event" if is_ours else "message")
    if "stack_info" in event:
        event["stack"] = event.pop("stack_info")
    exception = {"exception": event.pop("exception")} if "exception" in event else {}
    named = {name: value for name, value in event.items() if name not in _PASSED_OVER}
    return {"message": message, **named, **exception}
