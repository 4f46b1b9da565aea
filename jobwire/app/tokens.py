"""Tokens: HS256 JWTs that say for whom somebody speaks, and what they may do."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from pydantic import SecretStr

from jobwire.app.claims import JOB_CLAIM, viewer_of
from jobwire.app.verify import verified
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer

#: The only one that tokens of the secret have.
ALGORITHM = "HS256"
#: What the header of a token calls itself when nothing else is said.
KIND = "JWT"
_DEV_SECRET_FILE = "auth-secret"  # noqa: S105 - the name of a file
_DEV_WEBHOOK_SECRET_FILE = "webhook-secret"  # noqa: S105 - as above


def mint_token(
    secret: SecretStr,
    *,
    user_id: str,
    scopes: Iterable[Scope],
    lifetime: timedelta,
    now: datetime,
    job_id: UUID | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    kind: str = KIND,
) -> str:
    """Sign a token: claims `sub`, `scope` (words separated by spaces), `iat`, `exp`.

    Args:
        secret: The key.
        user_id: For whom it speaks.
        scopes: What it allows.
        lifetime: How long it is valid, to the second.
        now: When it is made.
        job_id: The one job that it may read, as `job`; None: all that scopes allow.
        issuer: Its `iss`; None: it has none.
        audience: Its `aud`; None: it has none.
        kind: The `typ` of its header.
    """
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": user_id,
        "aud": audience,
        "scope": " ".join(scope.value for scope in scopes),
        JOB_CLAIM: None if job_id is None else job_id_text(job_id),
        "iat": now,
        "exp": now + lifetime,
    }
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(
        given,
        secret.get_secret_value(),
        algorithm=ALGORITHM,
        headers={"typ": kind},
    )


def read_token(
    secret: SecretStr,
    token: str,
    *,
    now: datetime,
    issuer: str | None = None,
    audience: str | None = None,
) -> Viewer:
    """Return whom a token speaks for; see `viewer_of`.

    Args:
        secret: The key.
        token: The token.
        now: What time it is.
        issuer: What its `iss` must be; None: anything.
        audience: What its `aud` must be or hold; None: it must have none.

    Raises:
        UnauthenticatedError: It is not ours, or not valid at this time.
    """
    claims = verified(
        token,
        secret.get_secret_value(),
        algorithms=[ALGORITHM],
        issuer=issuer,
        audience=audience,
    )
    return viewer_of(claims, now=now)


def dev_secret(folder: Path) -> SecretStr:
    """Return the key of tokens that `dev` keeps when none was set."""
    return _kept_secret(folder / _DEV_SECRET_FILE)


def dev_webhook_secret(folder: Path) -> SecretStr:
    """Return the secret of posted events that `dev` keeps when none was set."""
    return _kept_secret(folder / _DEV_WEBHOOK_SECRET_FILE)


def kept_webhook_secret(folder: Path) -> SecretStr | None:
    """Return that secret if `dev` has made one; None: it has not."""
    file = folder / _DEV_WEBHOOK_SECRET_FILE
    return SecretStr(file.read_text()) if file.exists() else None


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
