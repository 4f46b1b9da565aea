"""Callers: whoever has the secret key, or a public token with scopes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from jobwire.emulator.api.public_tokens import is_public, verified_claims
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.server import server_of

#: A type of thing and the id of one; None: any of that type.
Resource = tuple[str, str | None]

_PERSONAL_TOKEN = "tr_pat_"  # noqa: S105 - how one begins


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        scopes: `action:type[:id]`; None: may do everything.
        one_time_token: What is kept of a token that triggers once only.
    """

    scopes: tuple[str, ...] | None
    one_time_token: str | None = None

    def require(self, action: str, resources: Iterable[Resource]) -> None:
        """Pass whoever may do something to one of these.

        Raises:
            ApiError: 403.
        """
        if self.scopes is None:
            return
        wanted = tuple(resources)
        if not any(_grants(scope, action, wanted) for scope in self.scopes):
            raise ApiError(
                403,
                "Unauthorized",
                code="unauthorized",
                param="access_token",
                type="authorization",
            )


def bearer_of(request: Request) -> str:
    """Return the token of a request, or an empty text."""
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def caller_of(request: Request) -> Caller:
    """Return who asks.

    Raises:
        ApiError: 401.
    """
    server, token = server_of(request), bearer_of(request)
    if token == server.secret_key:
        return Caller(scopes=None)
    if not is_public(token):
        raise ApiError(401, "Invalid API key")
    claims = verified_claims(token, server.secret_key, now=server.now_ms)
    if claims is None or claims.get("sub") != server.state.environment_id:
        raise ApiError(401, "Public Access Token is invalid")
    scopes = claims.get("scopes")
    granted = scopes if isinstance(scopes, list) else []
    once = hashlib.sha256(token.encode()).hexdigest() if claims.get("otu") else None
    return Caller(tuple(one for one in granted if isinstance(one, str)), once)


def require_key(request: Request, error: str = "Invalid or Missing API Key") -> None:
    """Pass the secret key alone: their older routes know nothing else.

    Raises:
        ApiError: 401 with this error.
    """
    if bearer_of(request) != server_of(request).secret_key:
        raise ApiError(401, error)


def require_personal_token(request: Request) -> None:
    """Pass any personal access token: whoever has one is the one user.

    Raises:
        ApiError: 401.
    """
    if not bearer_of(request).startswith(_PERSONAL_TOKEN):
        raise ApiError(401, "Invalid or Missing Access Token")


def _grants(scope: str, action: str, resources: tuple[Resource, ...]) -> bool:
    if scope == "admin":
        return True
    # Ids may hold colons.
    granted, type, id = (*scope.split(":", 2), "", "")[:3]
    if granted not in {action, "*"}:
        return False
    if type == "all":
        return True
    return any(type == of and id in {"", one} for of, one in resources)
