"""Tokens: HS256 JWTs that say for whom somebody speaks, and what they may do."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from pydantic import SecretStr

from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.schedule import MAX_USER_ID_LENGTH
from jobwire.jobs.viewer import Scope, Viewer

_ALGORITHM = "HS256"
#: How far the clock of whoever made a token may be off.
_LEEWAY = timedelta(seconds=5)
_DEV_SECRET_FILE = "auth-secret"  # noqa: S105 - the name of a file


def mint_token(
    secret: SecretStr,
    *,
    user_id: str,
    scopes: Iterable[Scope],
    lifetime: timedelta,
    now: datetime,
) -> str:
    """Sign a token: claims `sub`, `scope` (words separated by spaces), `iat`, `exp`."""
    claims = {
        "sub": user_id,
        "scope": " ".join(scope.value for scope in scopes),
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, secret.get_secret_value(), algorithm=_ALGORITHM)


def read_token(secret: SecretStr, token: str, *, now: datetime) -> Viewer:
    """Return whom a token speaks for; scopes that we do not know count for nothing.

    Raises:
        UnauthenticatedError: It is not ours, or not valid at this time.
    """
    try:
        claims = jwt.decode(
            token,
            secret.get_secret_value(),
            algorithms=[_ALGORITHM],
            options={
                "require": ["exp", "sub"],
                # PyJWT would ask the machine's clock.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        user_id = claims["sub"]
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        not_before = datetime.fromtimestamp(claims.get("nbf", 0), UTC)
        words = claims.get("scope", "").split()
    except (
        jwt.InvalidTokenError,
        AttributeError,
        OSError,
        OverflowError,
        TypeError,
        ValueError,
    ):
        raise UnauthenticatedError("The token is not valid.") from None
    if expires_at + _LEEWAY <= now:
        raise UnauthenticatedError(f"The token expired at {expires_at.isoformat()}.")
    if not_before - _LEEWAY > now:
        raise UnauthenticatedError(
            f"The token is not valid before {not_before.isoformat()}."
        )
    if not 1 <= len(user_id) <= MAX_USER_ID_LENGTH:
        raise UnauthenticatedError("The token names no user.")
    known = {scope.value: scope for scope in Scope}
    scopes = frozenset(known[word] for word in words if word in known)
    return Viewer(user_id, scopes, expires_at)


def dev_secret(folder: Path) -> SecretStr:
    """Return the key that `dev` keeps when none was set; made at the first call."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / _DEV_SECRET_FILE
    if not file.exists():
        fresh = folder / f"{_DEV_SECRET_FILE}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        # Of two processes that start at once, both go on with the same key.
        fresh.replace(file)
    return SecretStr(file.read_text())
