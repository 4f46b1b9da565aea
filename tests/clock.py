"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts at a fixed instant in the past of every real clock."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, span: timedelta | float) -> datetime:
        """Move on by a span, or by a number of seconds."""
        if not isinstance(span, timedelta):
            span = timedelta(seconds=span)
        self._now += span
        return self._now
