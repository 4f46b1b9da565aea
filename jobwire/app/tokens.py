"""Tokens: HS256 JWTs that say for whom somebody speaks, and what they may do."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from pydantic import SecretStr

from jobwire.app.claims import OPTIONS, viewer_of
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer

#: The only one that tokens of the secret have.
ALGORITHM = "HS256"
_DEV_SECRET_FILE = "auth-secret"  # noqa: S105 - the name of a file
_DEV_WEBHOOK_SECRET_FILE = "webhook-secret"  # noqa: S105 - as above


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
    return jwt.encode(claims, secret.get_secret_value(), algorithm=ALGORITHM)


def read_token(secret: SecretStr, token: str, *, now: datetime) -> Viewer:
    """Return whom a token speaks for; see `viewer_of`.

    Raises:
        UnauthenticatedError: It is not ours, or not valid at this time.
    """
    try:
        claims = jwt.decode(
            token,
            secret.get_secret_value(),
            algorithms=[ALGORITHM],
            options=OPTIONS,
        )
    except (jwt.PyJWTError, ValueError):
        raise UnauthenticatedError("The token is not valid.") from None
    return viewer_of(claims, now=now)


def dev_secret(folder: Path) -> SecretStr:
    """Return the key of tokens that `dev` keeps when none was set."""
    return _kept_secret(folder / _DEV_SECRET_FILE)


def dev_webhook_secret(folder: Path) -> SecretStr:
    """Return the secret of posted events that `dev` keeps when none was set."""
    return _kept_secret(folder / _DEV_WEBHOOK_SECRET_FILE)


def _kept_secret(file: Path) -> SecretStr:
    """Return the secret in a file, which only its owner may read; made if missing."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        # Of two processes that start at once, both go on with the same key.
        fresh.replace(file)
    return SecretStr(file.read_text())
