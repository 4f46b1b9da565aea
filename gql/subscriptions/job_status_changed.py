"""`jobStatusChanged`: one job, at each change of its status."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.scalars import EventCursor
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.feed import follow_status
from jobwire.jobs.viewer import Scope


async def follow(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="The id of the job, or its bare UUID."),
    ],
) -> AsyncGenerator[Job, None]:
    """Stream the job as it stands, then at each change of its status."""
    job_id = parse_job_id(id)
    if job_id is None:
        raise NotFoundError(id)
    stream = follow_status(info.context.engine.feed, info.context.viewer, job_id)
    async with aclosing(stream):
        async for row, cursor in stream:
            yield Job.of(row, cursor=EventCursor(cursor))


job_status_changed = strawberry.subscription(
    resolver=follow,
    description=(
        "The simple one: the job as it stands, then again at each change of its status."
        " It completes by itself when the job has ended. A job that does not exist, or"
        " that the caller may not see, is answered by an error with the code NOT_FOUND."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
