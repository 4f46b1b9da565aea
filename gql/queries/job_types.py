"""`jobTypes`: what can be scheduled."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import ListSize
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_type import JobType
from jobwire.jobs.viewer import Scope


async def resolve_job_types(info: Info) -> list[JobType]:
    """Resolve `jobTypes`."""
    definitions = info.context.engine.registry.definitions()
    if info.context.viewer.job_id is not None:
        job = await info.context.read_own_job()
        definitions = tuple(one for one in definitions if job and one.name == job.type)
    return [JobType.of(definition) for definition in definitions]


job_types = strawberry.field(
    resolver=resolve_job_types,
    description=(
        "The registered types of job, by name; for a token of one job at most that of"
        " its job."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[ListSize(assumed_size=50)],
)
