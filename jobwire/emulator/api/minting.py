"""`/api/v1/auth/jwt` and `/api/v1/auth/public-tokens`: making public tokens.

Source: `apps/webapp/app/routes/api.v1.auth.jwt.ts` and
`apps/webapp/app/services/publicTokens.server.ts` of triggerdotdev/trigger.dev, read
2026-11-26. The one key of the emulator may grant everything, so no scope is denied.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobwire.emulator.api.bodies import read_json
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.public_tokens import sign
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import (
    Fault,
    Path,
    Shape,
    array,
    boolean,
    either,
    number,
    record,
    string,
)
from jobwire.emulator.api.token_expiry import expires_at

_LONGEST_SECONDS = 30 * 24 * 60 * 60
_TIME = either(number(), string())
_TEXTS = array(string())
_JWT = record({}, {"claims": record({}, {"scopes": _TEXTS}), "expirationTime": _TIME})


async def mint_jwt(request: Request) -> Response:
    """Sign a token with any scopes, for as long as is asked for."""
    require_key(request, "Invalid or Missing API key")
    body = read_json(await request.body())
    if body is None:
        raise ApiError(500, "Internal Server Error")
    _check(_JWT, body)
    claims = body.get("claims")
    scopes = {} if claims is None else {"scopes": claims.get("scopes", [])}
    server = server_of(request)
    end = expires_at(body.get("expirationTime", "1h"), server.now_ms // 1000)
    if end is None:
        raise ApiError(500, "Internal Server Error")
    return _signed(request, scopes, end)


async def mint_public_token(request: Request) -> Response:
    """Sign a token with scopes, for 30 days at most."""
    require_key(request, "Invalid API key")
    body = read_json(await request.body())
    if body is None:
        raise ApiError(400, "Invalid request body")
    _check(_PUBLIC_TOKEN, body)
    now = server_of(request).now_ms // 1000
    end = expires_at(body.get("expirationTime", "15m"), now)
    if end is None:
        raise ApiError(400, "Invalid expiration time")
    if end <= now:
        raise ApiError(400, "Expiration time must be in the future")
    if end - now > _LONGEST_SECONDS:
        raise ApiError(400, "Expiration time cannot exceed 30 days")
    claims: dict[str, Any] = {"scopes": body["scopes"]}
    if body.get("oneTimeUse"):
        claims["otu"] = True
    if "realtime" in body:
        claims["realtime"] = body["realtime"]
    return _signed(request, claims, end)


def _signed(request: Request, claims: dict[str, Any], end: float) -> Response:
    server = server_of(request)
    whole = {"sub": server.state.environment_id, "pub": True, **claims}
    token = sign(whole, server.secret_key, now=server.now_ms, expires_at=end)
    return ApiResponse({"token": token})


def _check(shape: Shape, body: Any) -> None:
    issues = [
        {
            "code": "invalid_type" if fault.of_type else "too_small",
            "path": list(fault.path),
            "message": fault.message,
        }
        for fault in shape(body, ())
    ]
    if issues:
        raise ApiError(400, "Invalid request body", issues=issues)


def _some(value: Any, path: Path) -> list[Fault]:
    faults = _TEXTS(value, path)
    if not faults and not value:
        told = "Array must contain at least 1 element(s)"
        return [Fault(told, path, of_type=False)]
    return faults


_PUBLIC_TOKEN = record(
    {"scopes": _some},
    {
        "expirationTime": _TIME,
        "oneTimeUse": boolean,
        "realtime": record({}, {"skipColumns": _TEXTS}),
    },
)

ROUTES = (
    Route("/api/v1/auth/jwt", mint_jwt, methods=["POST"]),
    Route("/api/v1/auth/public-tokens", mint_public_token, methods=["POST"]),
)
