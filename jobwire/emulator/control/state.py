"""`/emulator/state`: what the page shows, and the one thing that it does to runs."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.clock import iso
from jobwire.emulator.control.clock import clock_json
from jobwire.emulator.control.server import server_of
from jobwire.emulator.fault_json import show_fault
from jobwire.emulator.run import Run, find_run
from jobwire.emulator.statuses import TERMINAL, api_status

_SHOWN = 100
_NEWEST = "SELECT * FROM runs ORDER BY created_at DESC, id DESC LIMIT ?"


async def show_state(request: Request) -> Response:
    """Show the clock, the newest runs and the faults."""
    server = server_of(request)
    rows = server.state.connection.execute(_NEWEST, (_SHOWN,)).fetchall()
    return ApiResponse(
        {
            "clock": clock_json(server),
            "tasks": list(server.tasks),
            "runs": [_run(Run.from_row(row)) for row in rows],
            "faults": [show_fault(one) for one in server.faults.active()],
            "alertsWaiting": server.alerts.waiting,
        }
    )


async def cancel_run(request: Request) -> Response:
    """Cancel a run, as the API would."""
    server, id = server_of(request), request.path_params["run"]
    with server.state.transaction() as connection:
        run = find_run(connection, id)
        if run is None:
            raise ApiError(404, f"There is no run {id}.")
        server.transitions.cancel(connection, run, server.now_ms)
    server.wake()
    return ApiResponse({"id": id})


def _run(run: Run) -> dict[str, Any]:
    told = (run.metadata_object or {}).get("progress")
    progress = told if isinstance(told, dict) else {}
    return {
        "id": run.id,
        "task": run.task,
        "status": api_status(run.status, current=True),
        "isTerminal": run.status in TERMINAL,
        "attempt": run.attempt,
        "createdAt": iso(run.created_at),
        "tags": list(run.tag_list),
        "progress": progress.get("message"),
    }
