"""`job`: one job."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.jobs.viewer import Scope


async def resolve_job(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="The id of the job, or its bare UUID."),
    ],
) -> Job | None:
    """Resolve `job`."""
    job_id = parse_job_id(id)
    row = None if job_id is None else await info.context.read_job(job_id)
    return None if row is None else Job.of(row)


job = strawberry.field(
    resolver=resolve_job,
    description=(
        "One job; null when there is none of that id or the caller may not see it."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
