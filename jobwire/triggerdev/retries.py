"""When a call is sent again, and after which wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from jobwire.triggerdev.errors import (
    ApiConnectionError,
    RateLimitedError,
    TriggerDevError,
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how fast a call is sent again.

    The schedule is that of the official client (`@trigger.dev/core` 4.8.3), with a
    bound on all waits of one call together.

    Attributes:
        max_attempts: From 1 on, the first one included.
        min_delay: The wait after the first attempt.
        max_delay: The longest wait, except for the reset of a rate limit.
        factor: What each further wait is multiplied by, from 1 on.
        max_wait: What all waits of one call may add up to. A call that would wait
            longer fails at once, with what the server said.
        jitter: After a rate limit's reset up to this much is added, so that callers
            that were refused together part.
    """

    max_attempts: int = 4
    min_delay: timedelta = timedelta(milliseconds=500)
    max_delay: timedelta = timedelta(seconds=10)
    factor: float = 1.6
    max_wait: timedelta = timedelta(seconds=30)
    jitter: timedelta = timedelta(seconds=1)

    def __post_init__(self) -> None:
        spans = (self.min_delay, self.max_delay, self.max_wait, self.jitter)
        if self.max_attempts < 1 or self.factor < 1 or min(spans) < timedelta():
            raise ValueError(
                "max_attempts and factor must be from 1 on, and spans not negative;"
                f" found {self}."
            )

    def wait_after(
        self,
        error: TriggerDevError,
        attempt: int,
        *,
        repeatable: bool,
        waited: timedelta,
        now: datetime,
        random: Random,
    ) -> timedelta | None:
        """Return how long to wait before the next attempt; None: give up.

        Args:
            error: How the attempt ended.
            attempt: Its number, from 1.
            repeatable: Whether doing it twice is as good as doing it once. If not, it
                is sent again only when it certainly was not accepted.
            waited: What the waits of this call add up to so far.
            now: The time, to tell how far the reset of a rate limit is.
            random: Spreads the waits for a reset.
        """
        may = repeatable or was_not_accepted(error)
        if attempt >= self.max_attempts or not error.is_retryable or not may:
            return None
        wait = self._delay(attempt)
        if isinstance(error, RateLimitedError) and error.reset_at is not None:
            until_reset = error.reset_at - now
            if until_reset > timedelta():
                wait = until_reset + self.jitter * random.random()
        return wait if waited + wait <= self.max_wait else None

    def _delay(self, attempt: int) -> timedelta:
        # The exponent is capped where every sensible maximum is long passed.
        raised = self.min_delay.total_seconds() * self.factor ** min(attempt - 1, 64)
        return timedelta(seconds=min(raised, self.max_delay.total_seconds()))


def was_not_accepted(error: TriggerDevError) -> bool:
    """Tell whether nothing of the request can have been done."""
    if isinstance(error, ApiConnectionError):
        return not error.outcome_unknown
    return isinstance(error, RateLimitedError)
