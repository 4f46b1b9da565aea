"""`bulkOperation`: one action over many jobs."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import parse_bulk_operation_id
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.jobs.viewer import Scope


async def resolve_bulk_operation(
    info: Info,
    id: Annotated[
        strawberry.ID, strawberry.argument(description="The id of the operation.")
    ],
) -> BulkOperation | None:
    """Resolve `bulkOperation`."""
    operation_id = parse_bulk_operation_id(id)
    if operation_id is None:
        return None
    row = await info.context.read_bulk_operation(operation_id)
    return None if row is None else BulkOperation.of(row)


bulk_operation = strawberry.field(
    resolver=resolve_bulk_operation,
    description=(
        "One bulk operation; null when there is none of that id that the caller, or any"
        " user if the caller is an admin, asked for."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
