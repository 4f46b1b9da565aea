"""Follow: a bulk operation as it stands, then as it changes."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import asyncpg

from jobwire.jobs import identifiers
from jobwire.jobs.bulk.operation import BulkOperation, read_operation
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wait_at_most import wait_at_most
from jobwire.models.database import Database

#: The shortest time between two looks, in seconds.
SHORTEST = 0.25
#: The longest one.
LONGEST = 1.0


async def follow(
    database: Database, doorbell: Doorbell, viewer: Viewer, operation_id: UUID
) -> AsyncGenerator[BulkOperation, None]:
    """Give the operation at once, then when it has changed, until it has ended.

    At most four times a second; the doorbell tells when to look, and it is looked once
    a second without it. A database that is away is waited for, but not at the start.

    Raises:
        NotFoundError: There is none that the viewer or an admin asked for.
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: The database is away at
            the start.
    """
    woken = asyncio.Event()

    def hear(topics: frozenset[Topic]) -> None:
        if Topic.CHANGE in topics:
            woken.set()

    seen: BulkOperation | None = None
    forget = doorbell.listen(hear)
    try:
        while seen is None or not seen.has_ended:
            woken.clear()
            try:
                found = await _read(database, viewer, operation_id)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                if seen is None:
                    raise
                found = seen
            if found != seen:
                seen = found
                yield found
            if not found.has_ended:
                await asyncio.sleep(SHORTEST)
                await wait_at_most(woken, LONGEST - SHORTEST)
    finally:
        forget()


async def _read(
    database: Database, viewer: Viewer, operation_id: UUID
) -> BulkOperation:
    async with database.connection() as connection:
        operation = await read_operation(connection, viewer, operation_id)
    if operation is None:
        raise NotFoundError(
            identifiers.bulk_operation_id_text(operation_id), what="bulk operation"
        )
    return operation
