"""The Python API of viewer tokens."""

from datetime import timedelta
from uuid import UUID

from jobwire.app.jobwire import Jobwire
from jobwire.app.python_arguments import read_job_id, read_user_id
from jobwire.jobs import viewer_token
from jobwire.jobs.viewer import trusted
from jobwire.jobs.viewer_token import ViewerToken


async def create_viewer_token(
    jobwire: Jobwire,
    *,
    ttl: timedelta,
    user_id: str | int | UUID | None = None,
    job_id: str | UUID | None = None,
) -> ViewerToken:
    """Make a short-lived token for a browser.

    It reads the jobs of one user, or one job alone, and never changes anything. It is
    not kept and cannot be revoked: give it minutes. An app of `create_app` takes it
    also where the host has its own `authenticate`.

    Args:
        jobwire: An open one, whose `auth_secret` is set.
        ttl: How long it is valid, at most 24 hours.
        user_id: Whose jobs it reads.
        job_id: The one job that it reads, `job_…` or the bare UUID; exactly one of the
            two must be given.

    Raises:
        InvalidInputError: Both or none are given, or something does not fit.
        NotConfiguredError: `auth_secret` is not set.
        NotFoundError: There is no such job.
    """
    engine = jobwire.engine
    async with engine.database.connection() as connection:
        return await viewer_token.create_viewer_token(
            connection,
            sign=engine.sign_viewer,
            viewer=trusted("python"),
            ttl=ttl,
            now=engine.clock.now(),
            user_id=None if user_id is None else read_user_id(user_id),
            job_id=None if job_id is None else read_job_id(job_id),
        )
