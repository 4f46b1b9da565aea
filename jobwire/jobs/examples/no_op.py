"""`no-op`: does nothing, to see how fast that is."""

from jobwire.jobs.decorator import job


@job("no-op")
async def no_op() -> None:
    """Do nothing, at once."""
