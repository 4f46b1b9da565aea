"""`flaky`: fails twice, then succeeds, to watch retries."""

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.retry_config import RetryConfig

_FAILURES = 2


class FlakyError(Exception):
    """What an unreliable system might answer."""

    code = "UNAVAILABLE"

    def __init__(self, attempt: int) -> None:
        super().__init__(f"Attempt {attempt} found the other side busy.")


@job(
    "flaky",
    retry_config=RetryConfig(max_attempts=3, min_timeout_ms=200, max_timeout_ms=1000),
)
async def flaky(context: JobContext) -> dict[str, int]:
    """Fail on the first two attempts, then succeed."""
    if context.attempt <= _FAILURES:
        context.log.warning("The other side is busy")
        raise FlakyError(context.attempt)
    context.log.info("The other side has answered")
    return {"attempts": context.attempt}
