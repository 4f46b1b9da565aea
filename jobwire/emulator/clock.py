"""Time, as the API tells it: whole milliseconds, as in JavaScript."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

#: Tells the time, aware, in UTC.
Now = Callable[[], datetime]
#: Waits for a number of seconds.
Sleep = Callable[[float], Awaitable[object]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def system_now() -> datetime:
    """Return this machine's time in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - a default; tests pass their own


def to_ms(instant: datetime) -> int:
    """Return milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return the instant, aware, in UTC."""
    return _EPOCH + ms * _MILLISECOND


def iso(ms: int) -> str:
    """Write an instant as JavaScript does: `2026-11-23T19:44:52.658Z`."""
    text = from_ms(ms).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
