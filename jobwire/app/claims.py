"""What a token claims, once its signature is known to be good."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from jwt.types import Options

from jobwire.jobs.errors import InvalidInputError, UnauthenticatedError
from jobwire.jobs.schedule_request import MAX_USER_ID_LENGTH, check_text
from jobwire.jobs.viewer import Viewer, known_scopes

#: How far the clock of whoever made a token may be off.
LEEWAY = timedelta(seconds=5)

#: What `jwt.decode` is to look at, beside the signature.
OPTIONS: Options = {
    "require": ["exp", "sub"],
    # PyJWT would ask the machine's clock.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}

#: Where scopes stand: as RFC 8693 has it, as Okta and Entra ID write it, as others do.
_SCOPE_CLAIMS = ("scope", "scp", "scopes")
_MALFORMED = (AttributeError, OSError, OverflowError, TypeError, ValueError)


def viewer_of(claims: Mapping[str, Any], *, now: datetime) -> Viewer:
    """Return whom the claims speak for; scopes that we do not know count for nothing.

    They hold `sub` and `exp`, perhaps `nbf`, and the scopes in the first of `scope`,
    `scp` and `scopes` that is there.

    Raises:
        UnauthenticatedError: They are malformed, or not valid at this time.
    """
    try:
        user_id = claims["sub"]
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        not_before = datetime.fromtimestamp(claims.get("nbf", 0), UTC)
        scopes = known_scopes(_words(claims))
    except _MALFORMED:
        raise UnauthenticatedError("The token is not valid.") from None
    if now - LEEWAY >= expires_at:
        raise UnauthenticatedError(f"The token expired at {expires_at.isoformat()}.")
    if now + LEEWAY < not_before:
        raise UnauthenticatedError(
            f"The token is not valid before {not_before.isoformat()}."
        )
    try:
        check_text("sub", user_id, MAX_USER_ID_LENGTH)
    except InvalidInputError:
        raise UnauthenticatedError("The token names no user.") from None
    return Viewer(user_id, scopes, expires_at)


def _words(claims: Mapping[str, Any]) -> list[str]:
    found = next((name for name in _SCOPE_CLAIMS if name in claims), None)
    if found is None:
        return []
    words = claims[found]
    if isinstance(words, list) and found != "scope":
        return [word for word in words if isinstance(word, str)]
    return list(words.split())
