"""Delete: erase a job that has ended, and hide it."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidStateError
from jobwire.jobs.lifecycle import TERMINAL, is_terminal
from jobwire.jobs.lock_for import lock_for
from jobwire.jobs.transitions.erase import erase
from jobwire.jobs.viewer import Viewer


async def delete(
    connection: SqlConnection, job_id: UUID, *, viewer: Viewer, now: datetime
) -> None:
    """Delete a job that has ended; its status stays, and nobody sees it again.

    Its data, result, failure texts, progress, metadata, tag, keys, reason of a cancel,
    logs, and the content of its events, of what was said of it and of what was posted
    about it are erased with the commit. The idempotency key is free again. The rest of
    the row and its events go with retention.

    Must run inside a transaction: it locks the row, decides, and writes.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks.
        now: When.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall, or it is deleted.
        InvalidStateError: It has not ended.
    """
    job = await lock_for(viewer, connection, job_id)
    if not is_terminal(job.job_status):
        raise InvalidStateError(
            "deleted", job.job_status, TERMINAL, advice="Cancel it first."
        )
    await erase(
        connection, job_id, actor=viewer.user_id, detail=viewer.detail(), now=now
    )
