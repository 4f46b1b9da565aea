"""`jobLogs`: the log of one job, as it grows."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.pagination import log_cursors
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.source import Reading
from jobwire.gql.types.job_log import JobLogEdge, LogLevel, to_level
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.viewer import Scope


def subscribe(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="The id of the job, or its bare UUID."),
    ],
    after: Annotated[
        str | None,
        strawberry.argument(
            description=(
                "Tell only lines behind this cursor, of an earlier stream or of"
                " Job.logs. Absent or null: from the first line on."
            )
        ),
    ] = None,
    min_level: Annotated[
        LogLevel | None,
        strawberry.argument(
            description=(
                "Tell no lesser lines; those with droppedCount are always told. Absent"
                " or null: all."
            )
        ),
    ] = None,
) -> AsyncIterable[JobLogEdge]:
    """Follow the log of the job."""
    job_id = read_job_id(id)
    behind = 0 if after is None else log_cursors(job_id).decode(after, argument="after")
    context = info.context

    async def edges() -> AsyncGenerator[JobLogEdge, None]:
        if await context.read_job(job_id) is None:
            raise NotFoundError(id)
        lines = context.engine.logs.follow(
            job_id, after=behind, min_level=to_level(min_level)
        )
        async with aclosing(lines):
            async for line in lines:
                yield JobLogEdge.of(line)

    return Reading(edges)


job_logs = strawberry.subscription(
    resolver=subscribe,
    description=(
        "The lines of the log of one job, one by one, then each new one. A client that"
        " comes again with the cursor of its last edge misses none and gets none twice."
        " It completes by itself when the job has ended and its lines are told. A job"
        " that does not exist, or that the caller may not see, is answered by an error"
        " with the code NOT_FOUND."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
