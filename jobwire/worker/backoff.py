"""Patience with a service that does not take requests at the moment."""

from datetime import timedelta
from random import Random


class Backoff:
    """Counts failures in a row, and says how long to wait after them.

    Each wait is between half of its span and the whole of it, so that processes which
    met the same outage do not come back together.

    Args:
        first: The span after the first failure; doubled with each further one.
        last: The longest span.
        random: Spreads the waits.
    """

    def __init__(self, first: timedelta, last: timedelta, random: Random) -> None:
        self._first = first.total_seconds()
        self._last = last.total_seconds()
        self._random = random
        self._failures = 0
        self._wait = 0.0

    def failed(self) -> float:
        """Note a failure and return the seconds to wait."""
        span = min(self._first * 2 ** min(self._failures, 20), self._last)
        self._failures += 1
        self._wait = span * (1 + self._random.random()) / 2
        return self._wait

    def succeeded(self) -> None:
        """Note that it takes requests again."""
        self._failures = 0
        self._wait = 0.0

    @property
    def wait(self) -> float:
        """The seconds to wait; zero while nothing has failed."""
        return self._wait
