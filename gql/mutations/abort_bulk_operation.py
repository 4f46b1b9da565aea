"""`abortBulkOperation`: stop a bulk operation."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_bulk_operation_id
from jobwire.gql.mutations.bulk_payload import BulkPayload
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.jobs.bulk import abort
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The bulk operation to stop.")
class AbortBulkOperationInput:
    """A bulk operation."""

    id: strawberry.ID = strawberry.field(description="The id of the operation.")


async def resolve_abort_bulk_operation(
    info: Info,
    input: Annotated[
        AbortBulkOperationInput,
        strawberry.argument(description="The bulk operation to stop."),
    ],
) -> BulkPayload:
    """Resolve `abortBulkOperation`."""
    operation_id = read_bulk_operation_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await abort(
            connection,
            operation_id,
            viewer=info.context.viewer,
            now=engine.clock.now(),
        )
    engine.doorbell.ring(Topic.CHANGE)
    return BulkPayload(operation=BulkOperation.of(row), matched_count=row.matched_count)


abort_bulk_operation = strawberry.mutation(
    resolver=resolve_abort_bulk_operation,
    description=(
        "Stop a bulk operation before it handles further jobs: it is ABORTED. What was"
        " done stays done, and one that has ended stays as it is. Only who asked for it"
        " can stop it, and admins."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: BulkPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
