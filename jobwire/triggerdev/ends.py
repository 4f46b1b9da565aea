"""When something ends: after a span, or at an instant."""

from datetime import UTC, datetime

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.spans import Span, length_of, written


def end_of(option: str, value: Span | datetime, now: datetime) -> datetime:
    """Return the instant that a span from now, or an instant, means, in UTC.

    Args:
        option: How the error calls it.
        value: A span, or an aware instant.
        now: Aware.

    Raises:
        InvalidOptionError: It is no span, has no time zone, or is not in the future.
    """
    if not isinstance(value, datetime):
        return now.astimezone(UTC) + length_of(option, value)
    if value.tzinfo is None:
        must = f"have a time zone, not {value.isoformat()}"
        raise InvalidOptionError(option, must)
    if value <= now:
        must = f"be later than now, {now.isoformat()}, not {value.isoformat()}"
        raise InvalidOptionError(option, must)
    return value.astimezone(UTC)


def written_end(value: Span | datetime) -> str:
    """Write a span or an instant, already checked, as the server reads it."""
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return instant.replace("+00:00", "Z")
    return written(value)
