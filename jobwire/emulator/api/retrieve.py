"""`GET /api/v3/runs/:id`: one run, fresh and whole."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.object_store import presigned
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.run_json import related_run, retrieved
from jobwire.emulator.api.server import server_of
from jobwire.emulator.run import Run, children_of, find_run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import CURRENT_API_VERSION


async def retrieve(request: Request) -> Response:
    """Show a run."""
    server, caller = server_of(request), caller_of(request)
    run = find_run(server.state.connection, request.path_params["run"])
    if run is None:
        # Their replicas lag, so they ask callers to try again.
        raise ApiError(404, "Not found", headers={"x-should-retry": "true"})
    caller.require(
        "read",
        [
            ("runs", run.id),
            ("tasks", run.task),
            *(("tags", tag) for tag in run.tag_list),
        ],
    )
    return whole_run(request, run)


def whole_run(request: Request, run: Run) -> Response:
    """Answer with a run, its relatives included."""
    state, current = server_of(request).state, speaks_current(request)
    related = _related(run, state, current=current)
    told = retrieved(
        run,
        related,
        state,
        current=current,
        presign=lambda path: presigned(request, "GET", path),
    )
    return ApiResponse(told)


def speaks_current(request: Request) -> bool:
    """Whether the caller knows the current words for statuses."""
    return request.headers.get("x-trigger-api-version", "") >= CURRENT_API_VERSION


def _related(run: Run, state: State, *, current: bool) -> dict[str, Any]:
    def shown(id: str | None) -> dict[str, Any] | None:
        found = find_run(state.connection, id) if id is not None else None
        return None if found is None else related_run(found, state, current=current)

    above = {"root": shown(run.root_id), "parent": shown(run.parent_id)}
    children = [
        related_run(child, state, current=current)
        for child in children_of(state.connection, run)
    ]
    return {
        **{name: value for name, value in above.items() if value is not None},
        "children": children,
    }
