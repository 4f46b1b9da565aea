"""Lock free: of many jobs, those that nobody else holds."""

from collections.abc import Sequence
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import JOB_COLUMNS, Job

_LOCK_FREE = f"""
SELECT {JOB_COLUMNS} FROM worker_jobs
 WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL
 ORDER BY id FOR UPDATE SKIP LOCKED"""


async def lock_free(connection: SqlConnection, ids: Sequence[UUID]) -> list[Job]:
    """Lock and read the free ones of some jobs, in the order of ids; never waits.

    They stay locked until the end of the caller's transaction.
    """
    records = await connection.fetch(_LOCK_FREE, list(ids))
    return [Job.from_record(record) for record in records]
