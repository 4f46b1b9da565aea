"""`POST /api/v2/runs/:id/cancel`: 200 for every run that exists, ended or not."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.run import find_run


async def cancel(request: Request) -> Response:
    """Cancel a run."""
    server, id = server_of(request), request.path_params["run"]
    caller_of(request).require("write", [("runs", id)])
    with server.state.transaction() as connection:
        run = find_run(connection, id)
        if run is None:
            raise ApiError(404, "Resource not found")
        server.transitions.cancel(connection, run, server.now_ms)
    server.wake()
    return ApiResponse({"id": id})
