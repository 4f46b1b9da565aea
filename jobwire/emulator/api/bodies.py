"""The bodies of requests: read as their two kinds of routes read them."""

import json
import math
from typing import Any

from starlette.requests import Request

from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.shapes import Shape


async def read_checked(
    request: Request, shape: Shape, *, max_bytes: int | None = None
) -> dict[str, Any]:
    """Read and check a body, whatever type of content it claims to be.

    Args:
        request: Whose body.
        shape: What it may be.
        max_bytes: The cap, where the route has one; then a body that does not say how
            long it is is refused as too long.

    Raises:
        ApiError: 413; 400 with all faults in one text.
    """
    if max_bytes is not None:
        length = request.headers.get("content-length", "")
        # Without a length nothing is read at all.
        if not length.isdecimal() or int(length) > max_bytes:
            raise ApiError(413, "Request body too large")
    text = await request.body()
    if not text:
        raise ApiError(400, "Request body is empty")
    body = read_json(text)
    # To their server, false and 0 are no JSON either.
    if not body and not isinstance(body, dict | list):
        raise ApiError(400, "Invalid JSON")
    if faults := shape(body, ()):
        raise ApiError(400, f"Validation error: {'; '.join(map(str, faults))}")
    whole: dict[str, Any] = body
    return whole


async def read_plain(request: Request, shape: Shape, error: str) -> dict[str, Any]:
    """Read and check a body as their older routes do, which tell no details.

    Raises:
        ApiError: 400 with this error.
    """
    body = read_json(await request.body())
    if shape(body, ()):
        raise ApiError(400, error)
    whole: dict[str, Any] = body
    return whole


def read_json(text: bytes) -> Any:
    """Read JSON as JavaScript does; what is none is None."""
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> float | None:
    """Read a number; of one that is too large JavaScript makes null in the end."""
    value = float(text)
    return value if math.isfinite(value) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
