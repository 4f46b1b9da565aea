"""How often and how fast a failed attempt is tried again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any

from jobwire.jobs.errors import InvalidInputError

_NAMES = {
    "maxAttempts": "max_attempts",
    "minTimeoutInMs": "min_timeout_ms",
    "maxTimeoutInMs": "max_timeout_ms",
    "factor": "factor",
}
_WEEK_MS = 7 * 24 * 60 * 60 * 1000
_RANGES: dict[str, tuple[float, float]] = {
    "maxAttempts": (1, 100),
    "minTimeoutInMs": (0, _WEEK_MS),
    "maxTimeoutInMs": (0, _WEEK_MS),
    "factor": (1, 100),
}
#: Each delay is spread by this share, so that jobs that failed together part.
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class RetryConfig:
    """When a failed attempt is followed by another.

    Attributes:
        max_attempts: 1-100, the first one included.
        min_timeout_ms: The delay after the first failure, 0 ms to 7 days.
        max_timeout_ms: The longest delay, 0 ms to 7 days.
        factor: What each further delay is multiplied by, 1-100.
    """

    max_attempts: int = 3
    min_timeout_ms: int = 1000
    max_timeout_ms: int = 10_000
    factor: float = 2.0

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            value = getattr(self, _NAMES[name])
            if not least <= value <= most:
                raise InvalidInputError(
                    f"{name} must be from {least:,} to {most:,}, not {value:,}.",
                    path=("retryConfig", name),
                )
        if self.min_timeout_ms > self.max_timeout_ms:
            raise InvalidInputError(
                f"minTimeoutInMs ({self.min_timeout_ms:,}) must not be above"
                f" maxTimeoutInMs ({self.max_timeout_ms:,}).",
                path=("retryConfig", "minTimeoutInMs"),
            )

    def delay(self, attempt: int, random: Random) -> timedelta:
        """Return how long to wait after a failed attempt.

        Args:
            attempt: The number of the attempt that failed, from 1.
            random: Spreads the delay by ±20 %, never above the longest one.
        """
        # The exponent is capped where every sensible maximum is long passed.
        raised = self.min_timeout_ms * self.factor ** min(attempt - 1, 64)
        spread = raised * random.uniform(1 - JITTER, 1 + JITTER)
        return timedelta(milliseconds=min(spread, self.max_timeout_ms))

    def with_overrides(self, overrides: Mapping[str, Any] | None) -> "RetryConfig":
        """Return a copy with some members replaced, by their names in the API.

        Raises:
            InvalidInputError: A name is unknown or a value out of range.
        """
        if not overrides:
            return self
        given = {name: value for name, value in overrides.items() if value is not None}
        for name, value in given.items():
            kinds = (int, float) if name == "factor" else int
            if name not in _NAMES:
                raise InvalidInputError(
                    f"{name!r} is not part of a retry configuration; those are"
                    f" {', '.join(_NAMES)}.",
                    path=("retryConfig", name),
                )
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise InvalidInputError(
                    f"{name} must be a number, not {value!r}.",
                    path=("retryConfig", name),
                )
        return replace(self, **{_NAMES[name]: value for name, value in given.items()})

    @lru_cache(maxsize=256)  # noqa: B019 - few configurations are in use
    def to_json(self) -> str:
        """Write it as it stands in `worker_jobs.retry_config`."""
        values = asdict(self)
        return json.dumps({name: values[field] for name, field in _NAMES.items()})

    @classmethod
    @lru_cache(maxsize=256)
    def from_json(cls, text: str) -> "RetryConfig":
        """Read what `to_json` wrote."""
        return cls(**{_NAMES[name]: value for name, value in json.loads(text).items()})
