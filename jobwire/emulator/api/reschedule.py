"""`POST /api/v1/runs/:id/reschedule`: another start for a run that is delayed."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.bodies import read_plain
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.retrieve import whole_run
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import date, either, record, string
from jobwire.emulator.durations import parse_delay
from jobwire.emulator.run import find_run, update_run
from jobwire.emulator.statuses import RunStatus

_BODY = record({"delay": either(string(), date)}, {})


async def reschedule(request: Request) -> Response:
    """Move the start of a delayed run."""
    require_key(request, "Invalid or missing API Key")
    body = await read_plain(request, _BODY, "Invalid request body")
    server, id = server_of(request), request.path_params["run"]
    now, delay = server.now_ms, body["delay"]
    with server.state.transaction() as connection:
        run = find_run(connection, id)
        if run is None:
            raise ApiError(404, "Run not found")
        if run.status is not RunStatus.DELAYED:
            raise ApiError(400, "Cannot reschedule a run that is not delayed")
        until = parse_delay(delay, now) if isinstance(delay, str) else None
        if until is None:
            raise ApiError(400, f"Invalid delay: {delay}")
        moved = update_run(connection, run, now=now, delay_until=until, due_at=until)
    server.wake()
    return whole_run(request, moved)
