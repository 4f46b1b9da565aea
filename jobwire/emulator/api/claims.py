"""`POST /api/v1/auth/jwt/claims`: what public tokens of this environment must say."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import bearer_of
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of


async def claims(request: Request) -> Response:
    """Name the environment to whoever has its key."""
    server = server_of(request)
    if bearer_of(request) != server.secret_key:
        raise ApiError(401, "Invalid or Missing API key")
    return ApiResponse({"sub": server.state.environment_id, "pub": True})
