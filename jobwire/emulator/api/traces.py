"""`GET /api/v1/runs/:id/events`, `/trace` and `/spans/:span`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.clock import iso
from jobwire.emulator.run import Run, children_of, find_run
from jobwire.emulator.tracing import Span, spans_of, trace_id

_NS = 1_000_000
_MAX_DEPTH = 50
#: How their dashboard draws a span.
_STYLES = {
    "run": {"icon": "task", "variant": "primary"},
    "attempt": {"icon": "attempt", "variant": "cold"},
    "code": {"icon": "task-fn-run"},
}


async def events(request: Request) -> Response:
    """Tell the spans of a run as the rows of their store."""
    server, run = _asked(request, "Run not found")
    now = server.now_ms
    rows: list[dict[str, Any]] = [
        {
            "spanId": span.id,
            "parentId": span.parent_id,
            "runId": run.id,
            "message": span.message,
            "style": _STYLES[span.kind],
            "events": [],
            "startTime": str(span.started_at * _NS),
            "duration": span.duration_ms(now) * _NS,
            "isError": span.is_error,
            "isPartial": span.ended_at is None,
            "isCancelled": span.is_cancelled,
            "kind": "UNSPECIFIED",
            "attemptNumber": span.attempt,
            "level": "TRACE",
        }
        for span in spans_of(server.state.connection, run)
    ]
    return ApiResponse({"events": rows})


async def trace(request: Request) -> Response:
    """Tell the tree of a run's spans, with the runs that it triggered beneath it."""
    server, run = _asked(request, "Run not found")
    tree = _tree(server, run, None, 0)
    told = {"traceId": trace_id(run), "rootSpan": tree, "isTruncated": False}
    return ApiResponse({"trace": told})


async def span(request: Request) -> Response:
    """Tell one span of a run."""
    server, run = _asked(request, "Run not found")
    id = request.path_params["span"]
    connection, now = server.state.connection, server.now_ms
    found = next((one for one in spans_of(connection, run) if one.id == id), None)
    if found is None:
        raise ApiError(404, "Span not found")
    detail: dict[str, Any] = {
        "spanId": found.id,
        "parentId": found.parent_id,
        "runId": run.id,
        "message": found.message,
        "isError": found.is_error,
        "isPartial": found.ended_at is None,
        "isCancelled": found.is_cancelled,
        "level": "TRACE",
        "startTime": iso(found.started_at),
        "durationMs": found.duration_ms(now),
    }
    triggered = children_of(connection, run)
    if triggered and found.parent_id is None:
        detail["triggeredRuns"] = [
            {
                "runId": child.id,
                "taskIdentifier": child.task,
                "status": child.status,
                "createdAt": iso(child.created_at),
            }
            for child in triggered
        ]
    return ApiResponse(detail)


def _asked(request: Request, missing: str) -> tuple[ApiServer, Run]:
    server, caller = server_of(request), caller_of(request)
    run = find_run(server.state.connection, request.path_params["run"])
    if run is None:
        raise ApiError(404, missing, headers={"x-should-retry": "true"})
    caller.require("read", [("runs", run.id), ("tasks", run.task)])
    return server, run


def _tree(
    server: ApiServer, run: Run, parent_id: str | None, depth: int
) -> dict[str, Any]:
    connection, now = server.state.connection, server.now_ms
    nodes: dict[str, dict[str, Any]] = {}
    spans = spans_of(connection, run)
    for one in spans:
        node = _node(one, one.parent_id or parent_id, now)
        nodes[one.id] = node
        if one.parent_id is not None:
            nodes[one.parent_id]["children"].append(node)
    # The code of the last attempt is what triggers.
    deepest = nodes[spans[-1].id]
    if depth < _MAX_DEPTH:
        deepest["children"] += [
            _tree(server, child, deepest["id"], depth + 1)
            for child in children_of(connection, run)
        ]
    return nodes[spans[0].id]


def _node(one: Span, parent_id: str | None, now: int) -> dict[str, Any]:
    data = {
        "message": one.message,
        "duration": one.duration_ms(now) * _NS,
        "isError": one.is_error,
        "isPartial": one.ended_at is None,
        "isCancelled": one.is_cancelled,
        "startTime": iso(one.started_at),
        "level": "TRACE",
        "events": [],
    }
    if one.attempt is not None:
        data["attemptNumber"] = one.attempt
    above = {} if parent_id is None else {"parentId": parent_id}
    return {"id": one.id, **above, "runId": one.run.id, "data": data, "children": []}
