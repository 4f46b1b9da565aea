"""`node` and `nodes`: things found again by their ids."""

from asyncio import gather
from typing import Annotated

import strawberry

from jobwire.gql.context import Context, Info
from jobwire.gql.cost import ListSize
from jobwire.gql.global_ids import GlobalId, Kind, parse_global_id
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_attempt import JobAttempt
from jobwire.gql.types.job_event import JobEvent
from jobwire.gql.types.job_schedule import JobSchedule
from jobwire.gql.types.node import Node
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.viewer import Scope

MAX_NODES = 100


async def find_node(context: Context, text: str) -> Node | None:
    """Find what an id names behind the viewer's wall."""
    found = parse_global_id(text)
    if found is None:
        return None
    return await _FINDERS[found.kind](context, found)


async def _job(context: Context, found: GlobalId) -> Node | None:
    job = await context.read_job(found.id)
    return None if job is None else Job.of(job)


async def _attempt(context: Context, found: GlobalId) -> Node | None:
    attempt = await context.read_attempt(found.id, found.number)
    return None if attempt is None else JobAttempt.of(attempt)


async def _event(context: Context, found: GlobalId) -> Node | None:
    event = await context.read_event(found.id, found.number)
    if event is None:
        return None
    return JobEvent.of(event, await context.read_job(found.id))


async def _bulk_operation(context: Context, found: GlobalId) -> Node | None:
    operation = await context.read_bulk_operation(found.id)
    return None if operation is None else BulkOperation.of(operation)


async def _schedule(context: Context, found: GlobalId) -> Node | None:
    schedule = await context.read_schedule(found.id)
    return None if schedule is None else JobSchedule.of(schedule)


_FINDERS = {
    Kind.JOB: _job,
    Kind.ATTEMPT: _attempt,
    Kind.EVENT: _event,
    Kind.BULK_OPERATION: _bulk_operation,
    Kind.SCHEDULE: _schedule,
}


async def resolve_node(
    info: Info,
    id: Annotated[
        strawberry.ID, strawberry.argument(description="The id of any node.")
    ],
) -> Node | None:
    """Resolve `node`."""
    return await find_node(info.context, id)


async def resolve_nodes(
    info: Info,
    ids: Annotated[
        list[strawberry.ID],
        strawberry.argument(description=f"The ids of at most {MAX_NODES} nodes."),
    ],
) -> list[Node | None]:
    """Resolve `nodes`."""
    if len(ids) > MAX_NODES:
        raise InvalidInputError(
            f"At most {MAX_NODES} nodes can be asked for at once, not {len(ids)}.",
            path=("ids",),
        )
    return await gather(*(find_node(info.context, one) for one in ids))


node = strawberry.field(
    resolver=resolve_node,
    description=(
        "Find a node by its id; null when there is none or the caller may not see it."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
nodes = strawberry.field(
    resolver=resolve_nodes,
    description=(
        f"Find up to {MAX_NODES} nodes by their ids, in the same order; null stands"
        " where there is none or the caller may not see it."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[ListSize(slicing_arguments=["ids"])],
)
