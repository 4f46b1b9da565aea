"""When a call is sent again, and after which wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from jobwire.triggerdev.errors import (
    ApiConnectionError,
    ApiStatusError,
    RateLimitedError,
    TriggerDevError,
)

_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how fast a call is sent again.

    The rules are those of the official client (`@trigger.dev/core` 4.8.3): the header
    `x-should-retry` decides; without it 408, 409, 429, 500 and above and lost
    connections are tried again. It makes 5 attempts, the first wait of which is 1
    second; ours come sooner, and all waits of a call together have a bound.

    Attributes:
        max_attempts: From 1 on, the first one included.
        min_delay: The wait after the first attempt.
        max_delay: The longest wait, except for one that the server names (the reset of
            a rate limit, or `Retry-After`).
        factor: What each further wait is multiplied by, from 1 on.
        max_wait: What all waits of one call may add up to. A call that would wait
            longer fails at once, with what the server said.
        jitter: To a wait that the server names up to this much is added, so that
            callers that were refused together part.
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
        left: timedelta | None = None,
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
            left: What the deadline of the call leaves; None: it has none.
            now: The time, to tell how far off the end of a wait is.
            random: Spreads the waits that the server names.
        """
        may = repeatable or was_not_accepted(error)
        if attempt >= self.max_attempts or not error.is_retryable or not may:
            return None
        wait = self._delay(attempt)
        if isinstance(error, ApiStatusError) and error.retry_at is not None:
            until = error.retry_at - now
            if until > timedelta():
                wait = until + self.jitter * random.random()
        if waited + wait > self.max_wait or (left is not None and wait >= left):
            return None
        return wait

    def _delay(self, attempt: int) -> timedelta:
        # The exponent is capped where every sensible maximum is long passed.
        raised = self.min_delay.total_seconds() * self.factor ** min(attempt - 1, 64)
        return timedelta(seconds=min(raised, self.max_delay.total_seconds()))


def was_not_accepted(error: TriggerDevError) -> bool:
    """Tell whether nothing of the request can have been done."""
    if isinstance(error, ApiConnectionError):
        return not error.outcome_unknown
    if not isinstance(error, ApiStatusError):
        return False
    # Of other refusals only the server knows whether the same may be asked again.
    told = error.headers.get("x-should-retry") == "true"
    return isinstance(error, RateLimitedError) or (
        told and error.status < _SERVER_ERRORS
    )
