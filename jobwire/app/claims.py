"""What a token claims, once its signature is known to be good."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs.errors import InvalidInputError, UnauthenticatedError
from jobwire.jobs.identifiers import JOB_PREFIX, parse_type_id
from jobwire.jobs.schedule_request import MAX_USER_ID_LENGTH, check_text
from jobwire.jobs.viewer import Viewer, known_scopes

#: How far the clock of whoever made a token may be off.
LEEWAY = timedelta(seconds=5)
#: The claim that binds a token to one job.
JOB_CLAIM = "job"

#: Where scopes stand: as RFC 8693 has it, as Okta and Entra ID write it, as others do.
_SCOPE_CLAIMS = ("scope", "scp", "scopes")


def viewer_of(claims: Mapping[str, Any], *, now: datetime) -> Viewer:
    """Return whom the claims speak for; scopes that we do not know count for nothing.

    They hold `sub` and `exp`, perhaps `nbf`, the scopes in the first of `scope`, `scp`
    and `scopes` that is there, and perhaps `job`, the one job that may be read.

    Raises:
        UnauthenticatedError: They are malformed, or not valid at this time.
    """
    expires_at = _instant(claims, "exp")
    not_before = _instant(claims, "nbf") if "nbf" in claims else now
    if now - LEEWAY >= expires_at:
        raise UnauthenticatedError(f"The token expired at {expires_at.isoformat()}.")
    if now + LEEWAY < not_before:
        raise UnauthenticatedError(
            f"The token is not valid before {not_before.isoformat()}."
        )
    return Viewer(
        _user(claims), known_scopes(_words(claims)), expires_at, job_id=_job(claims)
    )


def _user(claims: Mapping[str, Any]) -> str:
    try:
        user_id: str = claims["sub"]
        check_text("sub", user_id, MAX_USER_ID_LENGTH)
    except (InvalidInputError, KeyError, TypeError):
        raise UnauthenticatedError("The token names no user.") from None
    return user_id


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    """Read an instant: whole seconds since 1970, however they are written."""
    seconds = claims.get(name)
    # A bool is an int in Python, and no time.
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        with suppress(OSError, OverflowError, ValueError):
            if seconds == int(seconds):
                return datetime.fromtimestamp(int(seconds), UTC)
    raise UnauthenticatedError(
        f"The token's {name!r} is not a number of whole seconds since 1970."
    )


def _words(claims: Mapping[str, Any]) -> list[str]:
    found = next((name for name in _SCOPE_CLAIMS if name in claims), None)
    if found is None:
        return []
    words = claims[found]
    if isinstance(words, list) and found != "scope":
        return [word for word in words if isinstance(word, str)]
    if not isinstance(words, str):
        raise UnauthenticatedError(f"The token's {found!r} does not hold scopes.")
    return words.split()


def _job(claims: Mapping[str, Any]) -> UUID | None:
    if JOB_CLAIM not in claims:
        return None
    try:
        return parse_type_id(JOB_PREFIX, claims[JOB_CLAIM])
    except (AttributeError, ValueError):
        raise UnauthenticatedError(
            f"The token's {JOB_CLAIM!r} is no id of a job, {JOB_PREFIX}_…."
        ) from None
