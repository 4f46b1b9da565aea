"""`/api/v1/waitpoints/tokens`: making, showing and completing waitpoint tokens.

Source: `apps/webapp/app/routes/api.v1.waitpoints.tokens*.ts` of
triggerdotdev/trigger.dev, read 2026-11-26, and answers of a real server 4.5.12.
"""

import hashlib
import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobwire.emulator import waitpoints
from jobwire.emulator.api.bodies import read_checked, read_json
from jobwire.emulator.api.callers import caller_of, require_key
from jobwire.emulator.api.public_tokens import sign
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import anything, date, either, record, string
from jobwire.emulator.api.trigger_body import TAGS
from jobwire.emulator.api.waitpoint_list import page_of
from jobwire.emulator.durations import later, parse_delay, parse_key_ttl
from jobwire.emulator.payloads import write_json
from jobwire.emulator.waitpoints import Waitpoint

#: Of all these routes only completing takes a public token.
_REFUSED = "Invalid API key"
_PATH = "/api/v1/waitpoints/tokens"
_MAX_BYTES = 10 * 1024
_MAX_DATA_BYTES = 3_145_728
_MAX_TAGS = 10
_DEFAULT_KEY_TTL_MS = 30 * 24 * 60 * 60 * 1000
_LIFETIME_SECONDS = 24 * 60 * 60
_CREATE = record(
    {},
    {
        "idempotencyKey": string(
            2048, "idempotencyKey must be 2048 characters or less"
        ),
        "idempotencyKeyTTL": string(),
        "timeout": either(string(), date),
        "tags": TAGS,
    },
)
_COMPLETE = record({}, {"data": anything})


async def create(request: Request) -> Response:
    """Make a token."""
    server = server_of(request)
    require_key(request, _REFUSED)
    body = await read_checked(request, _CREATE, max_bytes=_MAX_BYTES)
    given = body.get("tags", [])
    tags = [given] if isinstance(given, str) else given
    if len(tags) > _MAX_TAGS:
        raise ApiError(
            422,
            f"Waitpoints can only have {_MAX_TAGS} tags, you're trying to set"
            f" {len(tags)}.",
        )
    now = server.now_ms
    timeout = body.get("timeout")
    key_ttl = body.get("idempotencyKeyTTL")
    with server.state.transaction() as connection:
        id, is_cached = waitpoints.create(
            connection,
            timeout_at=parse_delay(timeout, now) if isinstance(timeout, str) else None,
            tags=[tag for tag in tags if tag.strip()],
            key=body.get("idempotencyKey"),
            key_expires_at=_key_expires_at(key_ttl, now) if key_ttl else None,
            now=now,
        )
    server.wake()
    claims = {"sub": server.state.environment_id, "pub": True}
    whole = {**claims, "scopes": [f"write:waitpoints:{id}"]}
    token = sign(whole, server.secret_key, now=now, seconds=_LIFETIME_SECONDS)
    return ApiResponse(
        {"id": id, "isCached": is_cached, "url": _url(request, id)},
        headers={"x-trigger-jwt": token, "x-trigger-jwt-claims": write_json(claims)},
    )


async def list_tokens(request: Request) -> Response:
    """Show a page of the tokens, from the newest."""
    server = server_of(request)
    require_key(request, _REFUSED)
    found, pagination = page_of(
        server.state.connection, request.query_params, now=server.now_ms
    )
    data = [waitpoints.shown(one, _url(request, one.id)) for one in found]
    return ApiResponse({"data": data, "pagination": pagination})


async def retrieve(request: Request) -> Response:
    """Show a token."""
    server, id = server_of(request), request.path_params["waitpoint"]
    require_key(request, _REFUSED)
    found = waitpoints.find_waitpoint(server.state.connection, id)
    if found is None:
        raise ApiError(404, "Waitpoint not found")
    return ApiResponse(waitpoints.retrieved(found, _url(request, id)))


async def complete(request: Request) -> Response:
    """Complete a token, for whoever may write it."""
    id = request.path_params["waitpoint"]
    caller_of(request).require("write", [("waitpoints", id)])
    body = await read_checked(request, _COMPLETE, max_bytes=_MAX_DATA_BYTES)
    found = waitpoints.find_waitpoint(server_of(request).state.connection, id)
    if found is None:
        raise ApiError(404, "Waitpoint not found")
    packet = waitpoints.packet_of(body["data"]) if "data" in body else _NOTHING
    return _completed(request, found, packet)


async def call_back(request: Request) -> Response:
    """Complete a token, for whoever knows its URL."""
    server, id = server_of(request), request.path_params["waitpoint"]
    length = request.headers.get("content-length", "")
    if not length:
        raise ApiError(411, "Content-Length header is required")
    if not length.isdecimal() or int(length) > _MAX_DATA_BYTES:
        raise ApiError(413, "Request body too large")
    found = waitpoints.find_waitpoint(server.state.connection, id)
    if found is None:
        raise ApiError(404, "Waitpoint not found")
    expected = _hash(server.secret_key, id)
    if not hmac.compare_digest(request.path_params["hash"].encode(), expected.encode()):
        raise ApiError(401, "Invalid URL, hash doesn't match")
    text = await request.body()
    body = read_json(text)
    # What is no JSON counts as an empty object.
    data = {} if body is None and text.strip() != b"null" else body
    return _completed(request, found, waitpoints.packet_of(data))


def _completed(
    request: Request, found: Waitpoint, packet: tuple[str | None, str]
) -> Response:
    server = server_of(request)
    with server.state.transaction() as connection:
        waitpoints.complete(connection, found, packet, server.now_ms)
    server.wake()
    return ApiResponse({"success": True})


def _key_expires_at(ttl: str, now: int) -> int:
    span = parse_key_ttl(ttl)
    return later(now, _DEFAULT_KEY_TTL_MS if span is None else span)


def _url(request: Request, id: str) -> str:
    base = str(request.base_url).rstrip("/")
    hash = _hash(server_of(request).secret_key, id)
    return f"{base}{_PATH}/{id}/callback/{hash}"


def _hash(secret_key: str, id: str) -> str:
    signed = id.removeprefix("waitpoint_").encode()
    return hmac.digest(secret_key.encode(), signed, hashlib.sha256).hex()


#: Without data the type of the output stays that of JSON.
_NOTHING: tuple[Any, str] = (None, "application/json")

ROUTES = (
    Route(_PATH, create, methods=["POST"]),
    Route(_PATH, list_tokens),
    Route(f"{_PATH}/{{waitpoint}}", retrieve),
    Route(f"{_PATH}/{{waitpoint}}/complete", complete, methods=["POST"]),
    Route(f"{_PATH}/{{waitpoint}}/callback/{{hash}}", call_back, methods=["POST"]),
)
