"""Answers, in the shapes that the real server gives them."""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from jobwire.emulator.payloads import write_json

_STATUS_PAGES = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/"
_NOT_FOUND = "<!DOCTYPE html><html><title>Page not found</title><h1>404</h1></html>"
_HEADERS_OF_PAGES = {
    "cache-control": "no-cache",
    "permissions-policy": "geolocation=(), microphone=(), camera=(), accelerometer=(),"
    " gyroscope=(), magnetometer=(), payment=(), usb=()",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
}


class ApiResponse(JSONResponse):
    """JSON that names its encoding, as theirs does."""

    media_type = "application/json; charset=utf-8"

    def render(self, content: Any) -> bytes:
        """Write it as JavaScript does."""
        return write_json(content).encode()


class ProblemResponse(JSONResponse):
    """A refusal of what stands before the routes (RFC 7807)."""

    media_type = "application/problem+json; charset=utf-8"

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        body = {
            "title": title,
            "status": status,
            "type": f"{_STATUS_PAGES}{status}",
            "detail": detail,
            **more,
            "error": detail,
        }
        super().__init__(body, status, headers)
        digest = base64.b64encode(hashlib.sha1(self.body).digest()).decode()  # noqa: S324 - theirs
        self.headers["etag"] = f'W/"{len(self.body):x}-{digest.rstrip("=")}"'

    def render(self, content: Any) -> bytes:
        """Write it indented, as what stands before their routes does."""
        return json.dumps(content, indent=2).encode()


class ApiError(Exception):
    """A refusal of a route."""

    def __init__(
        self,
        status: int,
        error: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(f"{status}: {error}")
        self.response = ApiResponse({"error": error, **more}, status, headers)


async def _of_api_error(_: Request, error: Exception) -> Response:
    if isinstance(error, ApiError):
        return error.response
    raise error


async def _of_http_exception(request: Request, error: Exception) -> Response:
    """Answer for what no route takes, or none with this method."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:  # noqa: PLR2004 - Not Found
        return HTMLResponse(_NOT_FOUND, 404, _HEADERS_OF_PAGES)
    allowed = (error.headers or {}).get("Allow", "")
    if "POST" in allowed and request.method not in {"GET", "HEAD"}:
        return ApiResponse({"error": "Method not allowed"}, 405, {"Allow": allowed})
    return Response(status_code=error.status_code)


EXCEPTION_HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    ApiError: _of_api_error,
    HTTPException: _of_http_exception,
}
