"""`PUT /api/v2/packets/:name` and `GET /api/v1/packets/:name`: URLs of the store."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.object_store import presigned
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of


async def upload_url(request: Request) -> Response:
    """Tell where a packet can be put, and what a trigger then calls it."""
    path = _allowed(request)
    return ApiResponse(
        {"presignedUrl": presigned(request, "PUT", path), "storagePath": path}
    )


async def download_url(request: Request) -> Response:
    """Tell where a packet can be got."""
    return ApiResponse({"presignedUrl": presigned(request, "GET", _allowed(request))})


def _allowed(request: Request) -> str:
    require_key(request, "Invalid or Missing API key")
    if not server_of(request).stores_packets:
        raise ApiError(500, "Object store is not configured")
    path: str = request.path_params["name"]
    return path
