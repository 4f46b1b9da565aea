"""What is posted to the control API."""

import json
from typing import Any

from starlette.requests import Request

from jobwire.emulator.api.responses import ApiError


async def object_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request brings.

    Raises:
        ApiError: 400, it brings none.
    """
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise ApiError(400, "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise ApiError(400, "The body must be an object.")
    return body
