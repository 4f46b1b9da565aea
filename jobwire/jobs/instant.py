"""Instants that others wrote: with an offset, within the calendar, read as UTC."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

#: The first and the last instant that can be kept. The driver of PostgreSQL takes the
#: ends of the calendar for minus infinity and infinity, and gives them back without an
#: offset.
FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)


def in_utc(instant: datetime) -> datetime:
    """Return an instant in UTC.

    Args:
        instant: With an offset.

    Raises:
        ValueError: It lies outside of the calendar, or is one of its ends.
    """
    found = _converted(instant)
    if not FIRST <= found <= LAST:
        raise ValueError("it is an end of the calendar")
    return found


def _converted(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside of the calendar") from None


def _nearest(instant: datetime) -> datetime:
    return min(max(_converted(instant), FIRST), LAST)


#: The type of a field of a pydantic model; an end of the calendar is read as what is
#: next to it.
Instant = Annotated[AwareDatetime, AfterValidator(_nearest)]
