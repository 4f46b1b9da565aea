"""What the answers say about the rate limit.

Keys of one environment share a bucket. `x-ratelimit-reset` is in milliseconds since
the epoch, that of batches in seconds (Trigger.dev 4.5.12, read 2026-11-23).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Smaller numbers are seconds: as milliseconds they would be in 1973.
_SMALLEST_MILLISECONDS = 10**11
_NUMBER = re.compile(r"[0-9]{1,13}")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The bucket of the environment, as an answer told it.

    Attributes:
        limit: How many requests it holds.
        remaining: How many were left.
        reset_at: When it is filled again, in UTC.
    """

    limit: int
    remaining: int
    reset_at: datetime


def read_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return what the answer told; None: nothing, or nothing readable."""
    limit = _number(headers.get("x-ratelimit-limit"))
    remaining = _number(headers.get("x-ratelimit-remaining"))
    reset = _number(headers.get("x-ratelimit-reset"))
    if limit is None or remaining is None or reset is None:
        return None
    return RateLimit(limit, remaining, _instant(reset))


def reset_at(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """Return when to ask again; None: the answer does not say."""
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is not None:
        return _instant(reset)
    seconds = _number(headers.get("retry-after"))
    # A year is longer than anyone waits, and no date overflows.
    return None if seconds is None else now + timedelta(seconds=min(seconds, 31536000))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _instant(reset: int) -> datetime:
    in_milliseconds = reset >= _SMALLEST_MILLISECONDS
    return datetime.fromtimestamp(reset / (1000 if in_milliseconds else 1), UTC)
