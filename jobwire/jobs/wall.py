"""Walls: the predicate that keeps users apart, as a value and as SQL."""

from typing import NamedTuple
from uuid import UUID


class Wall(NamedTuple):
    """What a caller may see: everything, what is one user's, or one job of theirs.

    Its two values are the parameters of the conditions below, in their order.

    Attributes:
        user_id: Only what is this user's; None: everybody's.
        job_id: Only this job and its parts, and nothing that is no job; None: all.
    """

    user_id: str | None = None
    job_id: UUID | None = None


def wall_of_jobs(user: str, job: str, *, of: str = "") -> str:
    """Write the condition that lets a row of `worker_jobs` through.

    Args:
        user: The parameter of the user, such as `$2`.
        job: That of the job.
        of: What stands before the columns, such as `j.`.
    """
    return (
        f"({user}::text IS NULL OR {of}user_id = {user})"
        f" AND ({job}::uuid IS NULL OR {of}id = {job})"
    )


def wall_of_parts(user: str, job: str, *, of: str = "") -> str:
    """Write the condition that lets a row through that has the columns of its job."""
    return (
        f"({user}::text IS NULL OR {of}user_id = {user})"
        f" AND ({job}::uuid IS NULL OR {of}job_id = {job})"
    )


def wall_of_others(user: str, job: str) -> str:
    """Write the condition for what is no job and belongs to a user.

    Whoever may see one job sees none of it.
    """
    return f"({user}::text IS NULL OR user_id = {user}) AND {job}::uuid IS NULL"
