"""What the answers say about the rate limit.

Keys of one environment share a bucket. `x-ratelimit-reset` is in milliseconds since
the epoch, that of batches in seconds (Trigger.dev 4.5.12, read 2026-11-23).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

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
    """Return what the answer told; None: nothing, or nothing readable.

    A refused batch tells of a bucket of its own, in seconds, which is none of this.
    """
    limit = _number(headers.get("x-ratelimit-limit"))
    remaining = _number(headers.get("x-ratelimit-remaining"))
    reset = _number(headers.get("x-ratelimit-reset"))
    if limit is None or remaining is None or reset is None:
        return None
    if reset < _SMALLEST_MILLISECONDS:
        return None
    return RateLimit(limit, remaining, _instant(reset))


def retry_at(
    headers: Mapping[str, str], *, limited: bool, now: datetime
) -> datetime | None:
    """Return when to ask again; None: the answer does not say.

    Args:
        headers: Of the answer.
        limited: Whether the rate was the reason. All answers tell the reset of the
            bucket, and only then does it matter.
        now: From when `Retry-After` counts.
    """
    reset = _number(headers.get("x-ratelimit-reset")) if limited else None
    if reset is not None:
        return _instant(reset)
    told = headers.get("retry-after")
    seconds = _number(told)
    if seconds is not None:
        # A year is longer than anyone waits, and no date overflows.
        return now + timedelta(seconds=min(seconds, 31536000))
    return _date(told)


def _date(text: str | None) -> datetime | None:
    """Read a date of HTTP, which is in GMT."""
    try:
        read = parsedate_to_datetime(text or "")
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _instant(reset: int) -> datetime:
    in_milliseconds = reset >= _SMALLEST_MILLISECONDS
    return datetime.fromtimestamp(reset / (1000 if in_milliseconds else 1), UTC)
