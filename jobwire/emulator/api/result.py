"""`GET /api/v1/runs/:id/result`: what a real server has lost the sight of.

It looks where only runs of their first engine are (a real server 4.5.12).
"""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.responses import ApiError


async def result(request: Request) -> Response:
    """Find no result."""
    require_key(request)
    raise ApiError(404, "Run either doesn't exist or is not finished")
