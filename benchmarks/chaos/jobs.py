"""The jobs of the workers: they keep a journal, and fail as their data say."""

import asyncio
import time

from pydantic import BaseModel

from benchmarks.chaos.journal import Journal
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job

TICK = 0.05
_journal = Journal()


class Work(BaseModel):
    """What an attempt does: it takes so long, and the first ones fail."""

    seconds: float
    failures: int = 0


class ToldToFailError(Exception):
    """The data say that this attempt fails."""


@job("chaos-async")
async def run_async(context: JobContext, data: Work) -> int:
    """Tick, then fail or return the number of the attempt."""
    count = max(1, int(data.seconds / TICK))
    for number in range(count):
        _journal.write(context.job_id, context.attempt, "tick")
        context.progress(current=number, total=count)
        await asyncio.sleep(TICK)
    return _end(context, data)


@job("chaos-sync")
def run_sync(context: JobContext, data: Work) -> int:
    """Do the same in a thread, and look whether to stop."""
    count = max(1, int(data.seconds / TICK))
    for number in range(count):
        context.raise_if_cancelled()
        _journal.write(context.job_id, context.attempt, "tick")
        context.progress(current=number, total=count)
        time.sleep(TICK)
    return _end(context, data)


def _end(context: JobContext, data: Work) -> int:
    fails = context.attempt <= data.failures
    _journal.write(context.job_id, context.attempt, "raise" if fails else "return")
    if fails:
        raise ToldToFailError
    return context.attempt
