"""Following jobs from a command: through resets and closings, to an exit code."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import UUID

from jobwire.app.commands.operating import OPERATOR
from jobwire.app.exit_codes import ExitCode
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.feed import Closing, StreamMessage, follow_job
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.models.vocabulary import JobStatus


async def going_on(
    follow: Callable[[str | None], AsyncGenerator[StreamMessage, None]],
) -> AsyncGenerator[StreamMessage, None]:
    """Follow a stream; where it closes before its end, begin again behind that.

    Args:
        follow: Opens the stream behind a cursor; None: at the start.
    """
    cursor: str | None = None
    while True:
        closing: Closing | None = None
        async with aclosing(follow(cursor)) as messages:
            async for message in messages:
                yield message
                if isinstance(message, Closing):
                    closing = message
        if closing is None:
            return
        cursor = closing.cursor
        await asyncio.sleep(closing.reconnect_after.total_seconds())


def messages_of(engine: Engine, job_id: UUID) -> AsyncGenerator[StreamMessage, None]:
    """Follow one job to its end, beginning with how it stands.

    Raises:
        NotFoundError: There is no such job.
    """
    return going_on(
        lambda after: follow_job(
            engine.feed, OPERATOR, job_id, after=after, snapshot=after is None
        )
    )


async def read(engine: Engine, job_id: UUID) -> Job:
    """Read a job.

    Raises:
        NotFoundError: There is no such job.
    """
    async with engine.database.connection() as connection:
        job, _ = await read_job(connection, OPERATOR, job_id)
    if job is None:
        raise NotFoundError(job_id_text(job_id))
    return job


async def wait_for_end(
    engine: Engine, job_id: UUID, tell: Callable[[StreamMessage], None]
) -> Job:
    """Follow a job to its end and return it as it ended.

    Args:
        engine: Where it is.
        job_id: The job.
        tell: Is told what happens.

    Raises:
        NotFoundError: There is no such job.
    """
    async with aclosing(messages_of(engine, job_id)) as messages:
        async for message in messages:
            tell(message)
    return await read(engine, job_id)


def exit_code(job: Job, *, wanted: JobStatus = JobStatus.SUCCEEDED) -> int:
    """Return the exit code for a job that has ended."""
    return 0 if job.job_status is wanted else ExitCode.ENDED_OTHERWISE
