"""`executors`: where jobs can run, and how that fares."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import ListSize
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.executor_info import ExecutorInfo
from jobwire.jobs.executor_states import executor_states
from jobwire.jobs.viewer import Scope


async def resolve_executors(info: Info) -> list[ExecutorInfo]:
    """Resolve `executors`."""
    context = info.context
    states = await executor_states(context.engine, context.viewer)
    return [ExecutorInfo.of(state) for state in states]


executors = strawberry.field(
    resolver=resolve_executors,
    description=(
        "Where jobs can run, what each place can do, and how it fares. Trigger.dev is"
        " asked at most every ten seconds."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[ListSize(assumed_size=2)],
)
