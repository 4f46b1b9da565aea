"""`POST /api/v1/auth/jwt/claims`: what public tokens of this environment must say."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.responses import ApiResponse
from jobwire.emulator.api.server import server_of


async def claims(request: Request) -> Response:
    """Name the environment to whoever has its key."""
    require_key(request, "Invalid or Missing API key")
    environment_id = server_of(request).state.environment_id
    return ApiResponse({"sub": environment_id, "pub": True})
