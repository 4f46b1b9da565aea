"""`POST /api/v1/idempotencyKeys/:key/reset`: a key that may make a run again."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import record, string

_BODY = record({"taskIdentifier": string()}, {})
_RESET = """
UPDATE runs SET idempotency_key = NULL, idempotency_key_expires_at = NULL,
    idempotency_key_shown = NULL
WHERE task = ? AND idempotency_key = ?
"""


async def reset_key(request: Request) -> Response:
    """Take a key away from the run that has it, whatever its status."""
    server, key = server_of(request), request.path_params["key"]
    caller = caller_of(request)
    body = await read_checked(request, _BODY)
    task = body["taskIdentifier"]
    caller.require("write", [("tasks", task)])
    with server.state.transaction() as connection:
        if connection.execute(_RESET, (task, key)).rowcount == 0:
            raise ApiError(
                404, f"No runs found with idempotency key: {key} and task: {task}"
            )
    return ApiResponse({"id": key})
