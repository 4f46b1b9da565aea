"""Instants that others wrote: with an offset, within the calendar, read as UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

#: The driver of PostgreSQL takes these for minus infinity and infinity, and gives them
#: back without an offset.
_ENDS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def in_utc(instant: datetime) -> datetime:
    """Return an instant in UTC.

    Args:
        instant: With an offset.

    Raises:
        ValueError: It lies outside of the calendar, or is one of its ends.
    """
    try:
        found = instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside of the calendar") from None
    if found in _ENDS:
        raise ValueError("it is an end of the calendar")
    return found


#: The type of a field of a pydantic model.
Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]
