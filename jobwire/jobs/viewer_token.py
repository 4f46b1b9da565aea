"""Viewer tokens: what a back end gives a browser, to read with and for a short time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import (
    InvalidInputError,
    NotConfiguredError,
    NotFoundError,
)
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.queries import read_job
from jobwire.jobs.schedule_request import MAX_USER_ID_LENGTH, check_text
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection

#: The longest time that one may be valid.
MAX_TTL = timedelta(hours=24)

_SECOND = timedelta(seconds=1)

#: Signs a token for the viewer that it speaks for, until they expire; the instant is
#: when it is made.
SignViewer = Callable[[Viewer, datetime], str]


@dataclass(frozen=True, slots=True)
class ViewerToken:
    """A token that was just made.

    Attributes:
        token: The token itself, which is not kept.
        expires_at: When it ends: a whole second.
    """

    token: str = field(repr=False)
    expires_at: datetime


async def create_viewer_token(
    connection: Connection,
    *,
    sign: SignViewer | None,
    viewer: Viewer,
    ttl: timedelta,
    now: datetime,
    user_id: str | None = None,
    job_id: UUID | None = None,
) -> ViewerToken:
    """Make a token that reads one user's jobs, or one job, and does nothing else.

    Args:
        connection: Any connection.
        sign: Signs it; None: this process has nothing to sign with.
        viewer: Who asks; must be an admin.
        ttl: How long it is valid: more than zero, at most 24 hours; its end is rounded
            up to a whole second.
        now: When.
        user_id: Whose jobs it reads; they need not have any.
        job_id: The one job that it reads; exactly one of the two is given.

    Raises:
        ForbiddenError: The viewer is no admin.
        InvalidInputError: Both or none are given, the user can be none, or the time is
            out of range.
        NotConfiguredError: Nothing can be signed.
        NotFoundError: There is no such job.
    """
    viewer.require(Scope.ADMIN)
    if (user_id is None) == (job_id is None):
        given = "neither was" if job_id is None else "both were"
        raise InvalidInputError(
            f"Give exactly one of userId and jobId; {given} given.", path=()
        )
    if user_id is not None:
        check_text("userId", user_id, MAX_USER_ID_LENGTH)
    if not timedelta() < ttl <= MAX_TTL:
        raise InvalidInputError(
            f"ttl must be more than zero and at most {format_duration(MAX_TTL)}, not"
            f" {format_duration(ttl)}.",
            path=("ttl",),
        )
    if sign is None:
        raise NotConfiguredError(
            "Viewer tokens are signed with JOBWIRE_AUTH_SECRET, which is not set here."
            " Set it to at least 32 bytes (openssl rand -base64 48) and start again."
        )
    if job_id is not None:
        job, _ = await read_job(connection, viewer, job_id)
        if job is None:
            raise NotFoundError(identifiers.job_id_text(job_id), path=("jobId",))
        user_id = job.user_id
    expires_at = _whole(now + ttl)
    allowed = Viewer(
        str(user_id), frozenset({Scope.JOBS_READ}), expires_at, job_id=job_id
    )
    return ViewerToken(sign(allowed, now), expires_at)


def _whole(instant: datetime) -> datetime:
    """Round up to a whole second, as tokens hold it."""
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + _SECOND
