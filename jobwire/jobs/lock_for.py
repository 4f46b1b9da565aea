"""Lock the one job that somebody asks to change."""

from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import NotFoundError, VersionConflictError
from jobwire.jobs.job import Job
from jobwire.jobs.transitions import row
from jobwire.jobs.viewer import Viewer


async def lock_for(
    viewer: Viewer,
    connection: SqlConnection,
    job_id: UUID,
    *,
    if_version: int | None = None,
) -> Job:
    """Lock and read the one job that somebody asks to change.

    Args:
        viewer: Who asks.
        connection: A connection inside a transaction.
        job_id: The job.
        if_version: Only if the job still has this version; None: whatever it has.

    Raises:
        NotFoundError: There is none behind the viewer's wall.
        VersionConflictError: It has another version.
    """
    job = await row.lock(connection, job_id, viewer=viewer)
    if job is None:
        raise NotFoundError(identifiers.job_id_text(job_id))
    _check_version(job, if_version)
    return job


def _check_version(job: Job, expected: int | None) -> None:
    """Refuse to go on with a job that has changed; None: any version will do.

    Raises:
        VersionConflictError: The job that was locked has another version.
    """
    if expected is not None and job.version != expected:
        raise VersionConflictError(expected, job.version)
