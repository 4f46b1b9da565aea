"""Public tokens: JWTs that let a browser do a few things without the secret key.

Source: `packages/core/src/v3/jwt.ts` and `packages/plugins/src/rbac.ts` of
triggerdotdev/trigger.dev, read 2026-11-23.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jobwire.triggerdev.errors import InvalidOptionError

ISSUER = "https://id.trigger.dev"
AUDIENCE = "https://api.trigger.dev"
_ACTIONS = frozenset({"read", "write", "trigger", "batchTrigger", "*"})
_TYPES = frozenset(
    {
        "runs",
        "tasks",
        "batch",
        "queues",
        "deployments",
        "envvars",
        "apiKeys",
        "branches",
        "sessions",
        "waitpoints",
        "tags",
        "query",
        "webhooks",
        "inputStreams",
        "all",
    }
)


def check_scopes(scopes: Sequence[str]) -> None:
    """Check scopes: `admin`, or `action:type[:id]`; an id may hold colons.

    Raises:
        InvalidOptionError: One grants nothing, or there is none at all.
    """
    if isinstance(scopes, str) or not scopes:
        raise InvalidOptionError("scopes", f"be several texts, not {scopes!r}")
    for scope in scopes:
        action, _, rest = scope.partition(":")
        type, colon, id = rest.partition(":")
        whole = action in _ACTIONS and type in _TYPES and bool(id or not colon)
        if scope != "admin" and not whole:
            must = f"be action:type or action:type:id, such as read:runs, not {scope!r}"
            raise InvalidOptionError("scopes", must)


def sign_claims(claims: Mapping[str, Any], secret_key: str) -> str:
    """Sign a token with HS256."""
    signed = f"{_encode({'alg': 'HS256'})}.{_encode(claims)}"
    digest = hmac.digest(secret_key.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{_base64(digest)}"


def _encode(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
