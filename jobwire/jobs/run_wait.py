"""Waiting until a job has its run."""

import asyncio
from contextlib import aclosing, suppress
from datetime import timedelta

from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.feed import Feed, follow_job
from jobwire.jobs.feed.messages import Changed, Snapshotted
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor

#: The longest that a caller may wait.
MAX_WAIT = timedelta(seconds=30)


def check_wait(span: timedelta, path: tuple[str, ...]) -> None:
    """Refuse a wait that is too long.

    Raises:
        InvalidInputError: It is not from zero to `MAX_WAIT`.
    """
    if not timedelta() <= span <= MAX_WAIT:
        raise InvalidInputError(
            f"A wait for the run must be from zero to {MAX_WAIT.seconds} seconds, not"
            f" {format_duration(span)}.",
            path=path,
        )


async def wait_for_run(feed: Feed, job: Job, *, viewer: Viewer, span: timedelta) -> Job:
    """Wait until a TRIGGER job has its run or has ended, at most for a span.

    Must not be called inside a transaction: the job has to be committed.

    Returns:
        The job as it stands then; one that runs elsewhere at once.
    """
    newest = job
    if job.executor != Executor.TRIGGER:
        return newest
    with suppress(TimeoutError):
        async with (
            asyncio.timeout(span.total_seconds()),
            aclosing(follow_job(feed, viewer, job.id, snapshot=True)) as stream,
        ):
            async for message in stream:
                if isinstance(message, Snapshotted | Changed):
                    newest = message.job
                    if newest.trigger_run_id or is_terminal(newest.job_status):
                        break
    return newest
