"""Public access tokens: HS256 JWTs that are signed with the secret key.

Source: `packages/core/src/v3/jwt.ts` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from jobwire.emulator.payloads import write_json

_ISSUER = "https://id.trigger.dev"
_AUDIENCE = "https://api.trigger.dev"
_HEADER = {"alg": "HS256"}
_PARTS = 3
_LIFETIME_SECONDS = 3_600


def sign(
    claims: Mapping[str, Any],
    secret_key: str,
    *,
    now: int,
    seconds: int = _LIFETIME_SECONDS,
    expires_at: float | None = None,
) -> str:
    """Sign a token.

    Args:
        claims: What it says.
        secret_key: Of the environment.
        now: In milliseconds since 1970.
        seconds: How long it is valid.
        expires_at: Instead, until when, in seconds since 1970.
    """
    issued_at = now // 1000
    whole = {
        **claims,
        "iat": issued_at,
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "exp": issued_at + seconds if expires_at is None else expires_at,
    }
    signed = f"{_encode(write_json(_HEADER))}.{_encode(write_json(whole))}"
    return f"{signed}.{_signature(signed, secret_key)}"


def is_public(token: str) -> bool:
    """Whether it says of itself that it is such a token; it may well lie."""
    claims = _claims(token)
    return claims is not None and claims.get("pub") is True


def verified_claims(token: str, secret_key: str, *, now: int) -> dict[str, Any] | None:
    """Return the claims of a token that we signed and that is still valid, or None."""
    signed, _, signature = token.rpartition(".")
    claims = _claims(token)
    if claims is None or not hmac.compare_digest(
        signature.encode(), _signature(signed, secret_key).encode()
    ):
        return None
    expires_at = claims.get("exp")
    valid = (
        claims.get("iss") == _ISSUER
        and claims.get("aud") == _AUDIENCE
        and isinstance(expires_at, int | float)
        and expires_at * 1000 > now
    )
    return claims if valid else None


def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _signature(signed: str, secret_key: str) -> str:
    digest = hmac.digest(secret_key.encode(), signed.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
