"""How failed attempts are tried again."""

from typing import Self

import strawberry

from jobwire.jobs.retry_config import RetryConfig as Config


@strawberry.type(
    description=(
        "How often and how fast a failed attempt is tried again. The delay after"
        " attempt n is minTimeoutInMs times factor to the power of n-1, spread by ±20 %"
        " and never above maxTimeoutInMs."
    )
)
class RetryConfig:
    """A complete retry configuration."""

    max_attempts: int = strawberry.field(
        description="How many attempts there are at most, the first one included."
    )
    min_timeout_in_ms: int = strawberry.field(
        description="The delay after the first failed attempt, in milliseconds."
    )
    max_timeout_in_ms: int = strawberry.field(
        description="The longest delay between two attempts, in milliseconds."
    )
    factor: float = strawberry.field(
        description="What each further delay is multiplied by."
    )

    @classmethod
    def of(cls, config: Config) -> Self:
        """Show a configuration."""
        return cls(
            max_attempts=config.max_attempts,
            min_timeout_in_ms=config.min_timeout_ms,
            max_timeout_in_ms=config.max_timeout_ms,
            factor=config.factor,
        )
