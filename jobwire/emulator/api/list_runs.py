"""`GET /api/v1/runs`: runs from the newest, page by page, a moment late."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.list_conditions import conditions
from jobwire.emulator.api.list_query import Cursor, ListQuery, read_list_query
from jobwire.emulator.api.responses import ApiResponse
from jobwire.emulator.api.retrieve import speaks_current
from jobwire.emulator.api.run_json import listed
from jobwire.emulator.api.server import server_of
from jobwire.emulator.run import Run
from jobwire.emulator.state import State


async def list_runs(request: Request) -> Response:
    """List runs."""
    server, caller = server_of(request), caller_of(request)
    query = read_list_query(request.query_params, now=server.now_ms)
    caller.require(
        "read",
        [
            ("runs", None),
            *(("tasks", task) for task in query.tasks or ()),
            *(("tags", tag) for tag in query.tags or ()),
        ],
    )
    return answer_page(request, query)


def answer_page(request: Request, query: ListQuery) -> Response:
    """Answer with the page that a query asks for."""
    server = server_of(request)
    visible = server.listed_until
    runs, pagination = _page(server.state, query, visible)
    current = speaks_current(request)
    data = [listed(run, server.state, current=current) for run in runs]
    return ApiResponse({"data": data, "pagination": pagination})


def _page(
    state: State, query: ListQuery, visible: int
) -> tuple[list[Run], dict[str, str]]:
    """Return the runs of a page, and the cursors to the newer and the older one."""
    backward = query.before is not None
    where, values = conditions(state, query, visible)
    direction = "ASC" if backward else "DESC"
    rows = state.connection.execute(
        f"SELECT * FROM runs WHERE {' AND '.join(where)}"
        f" ORDER BY created_at {direction}, id {direction} LIMIT ?",
        (*values, query.size + 1),
    ).fetchall()
    more = len(rows) > query.size
    # A page before a cursor begins with its oldest run, as on their server.
    runs = [Run.from_row(row) for row in rows[: query.size]]
    pagination = {}
    if runs:
        oldest, newest = (runs[0], runs[-1]) if backward else (runs[-1], runs[0])
        if backward or more:
            pagination["next"] = Cursor(oldest.created_at, oldest.id).encode()
        if more if backward else query.after is not None:
            pagination["previous"] = Cursor(newest.created_at, newest.id).encode()
    return runs, pagination
