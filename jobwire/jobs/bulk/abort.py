"""Abort: stop a bulk operation before its next chunk."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.bulk.operation import WALL, BulkOperation, read_operation
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection

_ABORT = f"""
UPDATE bulk_operations SET status = 'ABORTED', due_at = NULL, finished_at = $4
 WHERE id = $1 AND {WALL} AND status = 'RUNNING'"""
_FORGET = """
DELETE FROM bulk_operation_chunks c USING bulk_operations o
 WHERE c.operation_id = $1 AND o.id = $1 AND o.status = 'ABORTED'"""


async def abort(
    connection: Connection, operation_id: UUID, *, viewer: Viewer, now: datetime
) -> BulkOperation:
    """Stop an operation: RUNNING → ABORTED; one that has ended stays as it is.

    It waits for the chunk that is being handled. What was done stays done.

    Must run inside a transaction.

    Raises:
        NotFoundError: There is none that the viewer or an admin asked for.
    """
    await connection.execute(_ABORT, operation_id, *viewer.wall, now)
    operation = await read_operation(connection, viewer, operation_id)
    if operation is None:
        raise NotFoundError(
            identifiers.bulk_operation_id_text(operation_id), what="bulk operation"
        )
    await connection.execute(_FORGET, operation_id)
    return operation
