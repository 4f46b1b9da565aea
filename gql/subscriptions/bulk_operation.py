"""`bulkOperation`: how one action over many jobs goes on."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import read_bulk_operation_id
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.source import Reading
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.jobs.bulk import follow
from jobwire.jobs.viewer import Scope


def subscribe(
    info: Info,
    id: Annotated[
        strawberry.ID, strawberry.argument(description="The id of the operation.")
    ],
) -> AsyncIterable[BulkOperation]:
    """Follow the operation."""
    operation_id = read_bulk_operation_id(id)
    engine, viewer = info.context.engine, info.context.viewer

    async def values() -> AsyncGenerator[BulkOperation, None]:
        followed = follow(engine.database, engine.doorbell, viewer, operation_id)
        async with aclosing(followed) as rows:
            async for row in rows:
                yield BulkOperation.of(row)

    return Reading(values)


bulk_operation = strawberry.subscription(
    resolver=subscribe,
    description=(
        "A bulk operation as it stands, then as its counts change, at most four times a"
        " second. It completes by itself when the operation has ended. One that does"
        " not exist, or that another user asked for, is answered by an error with the"
        " code NOT_FOUND."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
