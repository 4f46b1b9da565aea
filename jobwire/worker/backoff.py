"""Patience with a service that does not take requests at the moment."""

from datetime import timedelta


class Backoff:
    """Counts failures in a row, and says how long to wait after them.

    Args:
        first: The wait after the first failure; doubled with each further one.
        last: The longest wait.
    """

    def __init__(self, first: timedelta, last: timedelta) -> None:
        self._first = first.total_seconds()
        self._last = last.total_seconds()
        self._failures = 0

    def failed(self) -> float:
        """Note a failure and return the seconds to wait."""
        self._failures += 1
        return self.wait

    def succeeded(self) -> None:
        """Note that it takes requests again."""
        self._failures = 0

    @property
    def wait(self) -> float:
        """The seconds to wait; zero while nothing has failed."""
        if not self._failures:
            return 0.0
        return float(min(self._first * 2 ** min(self._failures - 1, 20), self._last))
