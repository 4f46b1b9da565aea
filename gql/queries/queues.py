"""`queues`: where internal jobs wait, and their limits."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import ListSize
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.queue import Queue
from jobwire.jobs.set_queue import read_queues
from jobwire.jobs.viewer import Scope


async def resolve_queues(info: Info) -> list[Queue]:
    """Resolve `queues`."""
    engine = info.context.engine
    async with info.context.database.connection() as connection:
        states = await read_queues(
            connection, info.context.viewer, known=engine.registry.queue_names()
        )
    if info.context.viewer.job_id is not None:
        job = await info.context.read_own_job()
        states = [state for state in states if job and state.name == job.queue]
    return [Queue.of(state) for state in states]


queues = strawberry.field(
    resolver=resolve_queues,
    description=(
        "The queues of INTERNAL jobs, by name: default, those that a registered type"
        " names, those that were set by setQueue and, for admins, those in which jobs"
        " are ready to start. A token of one job sees at most that of its job."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[ListSize(assumed_size=50)],
)
