"""`jobTypes`: what can be scheduled."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import ListSize
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_type import JobType
from jobwire.jobs.viewer import Scope


def resolve_job_types(info: Info) -> list[JobType]:
    """Resolve `jobTypes`."""
    return [
        JobType.of(definition)
        for definition in info.context.engine.registry.definitions()
    ]


job_types = strawberry.field(
    resolver=resolve_job_types,
    description="The registered types of job, by name.",
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[ListSize(assumed_size=50)],
)
