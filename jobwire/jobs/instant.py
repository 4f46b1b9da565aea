"""Instants in JSON that others wrote: with an offset, in the calendar, read as UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside of the calendar") from None


#: The type of a field of a pydantic model.
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
