"""Fields that are written here: a value of a row, and how it is written as JSON."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from jobwire.gql.documents.plans.leaves import ToText
from jobwire.gql.documents.plans.shapes import Made
from jobwire.jobs.iso8601 import format_duration, format_instant


def made(read: Callable[[Any], Any], text: ToText) -> Made:
    """Write a value that is never null."""
    return Made((), lambda row: text(read(row)))


def made_or_null(
    read: Callable[[Any], Any], text: ToText, *, columns: tuple[str, ...] = ()
) -> Made:
    """Write a value that may be null.

    Args:
        read: Returns the value.
        text: Writes it where it is not null.
        columns: What of a row is read for it; none: rows have all their columns.
    """

    def write(row: Any) -> str:
        value = read(row)
        return "null" if value is None else text(value)

    return Made(columns, write)


def instant(value: datetime) -> str:
    """Write an instant."""
    return f'"{format_instant(value)}"'


def duration(value: timedelta) -> str:
    """Write a duration."""
    return f'"{format_duration(value)}"'


def name_in(names: type[Enum]) -> ToText:
    """Return what writes the name that stands for a word of a closed vocabulary."""
    return {str(one.value): f'"{one.name}"' for one in names}.__getitem__
