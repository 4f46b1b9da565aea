"""The pace of dispatch: how much may be under way within the shared rate limit.

All keys of an environment share one bucket, and so do all processes. Nobody counts for
the others: each answer tells what is left for all, and each process has under way at
most a quarter of that. So four processes that learn the same number at the same moment
still fit, and a process that does not know of the others learns of them by its next
answer. When nearly nothing is left, each waits for the reset by itself.
"""

from datetime import datetime, timedelta
from random import Random

from jobwire.triggerdev import RateLimit

#: The share of the bucket that dispatch leaves to cancels and questions.
_RESERVE = 0.05
#: The share of what is left that one process may have under way.
_SHARE = 0.25
#: What is sure to have come back with a reset, as a share of the bucket: a third does
#: (Trigger.dev 4.5.12, read 2026-11-23).
_REFILL = 0.1
#: So much is added to the wait for a reset at most, for processes to part.
_SPREAD = timedelta(seconds=1)


class Pace:
    """Says how many requests may be under way, by what was last told of the bucket.

    Args:
        most: However much is left.
        longest: The longest wait for a reset: their clock may differ from ours.
        random: Spreads what begins again after a reset.
    """

    def __init__(self, most: int, longest: timedelta, random: Random) -> None:
        self._most = most
        self._longest = longest
        self._random = random
        self._told: RateLimit | None = None
        self._opens_at: datetime | None = None

    def room(self, told: RateLimit | None, now: datetime) -> int:
        """Return how many may be under way; 0: none before the reset.

        Args:
            told: The bucket as last told; None: this server tells of none.
            now: The time.
        """
        if told is None:
            return self._most
        if told is not self._told or self._opens_at is None:
            self._told = told
            reset = min(told.reset_at, now + self._longest)
            self._opens_at = reset + _SPREAD * self._random.random()
        is_reset = now >= self._opens_at
        left = told.remaining + (told.limit * _REFILL if is_reset else 0)
        spare = left - told.limit * _RESERVE
        if spare < 1 and not is_reset:
            return 0
        return min(self._most, max(1, int(spare * _SHARE)))
