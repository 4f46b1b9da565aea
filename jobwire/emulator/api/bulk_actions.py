"""Bulk actions: `/api/v1/bulk-actions`."""

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import bulk_actions
from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.list_conditions import conditions
from jobwire.emulator.api.list_query import read_list_query, read_size
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.api.shapes import (
    Shape,
    anything,
    array,
    boolean,
    either,
    record,
    string,
    word,
)
from jobwire.emulator.queues import queue_of_task

_MAX_BODY_BYTES = 1024 * 1024
_MAX_RUN_IDS = 500
_MAX_NAME_LENGTH = 255
_TEXTS: Shape = either(string(), array(string()))
_QUEUE = record({"name": string()}, {"type": word("task", "custom")})
_FILTER = record(
    {},
    {
        **dict.fromkeys(
            ("status", "taskIdentifier", "version", "tag", "machine", "region"), _TEXTS
        ),
        "queue": either(_QUEUE, array(_QUEUE)),
        "from": anything,
        "to": anything,
        "period": string(),
        "bulkAction": string(),
        "schedule": string(),
        "batch": string(),
        "isTest": boolean,
    },
)
_BODY = record(
    {"action": word("cancel", "replay")},
    {
        "filter": _FILTER,
        "runIds": array(string()),
        "name": string(_MAX_NAME_LENGTH),
        "targetRegion": string(),
    },
)
_BY_TIME = {
    "from": "filter[createdAt][from]",
    "to": "filter[createdAt][to]",
    "period": "filter[createdAt][period]",
}


async def create(request: Request) -> Response:
    """Write down what shall be done to many runs."""
    server, caller = server_of(request), caller_of(request)
    caller.require("write", [("runs", None)])
    body = await read_checked(request, _BODY, max_bytes=_MAX_BODY_BYTES)
    runs = _chosen(server, body)
    type = body["action"].upper()
    try:
        with server.state.transaction() as connection:
            id = bulk_actions.create(
                connection, type, runs, body.get("name"), server.now_ms
            )
    except bulk_actions.TooManyReplaysError as error:
        raise ApiError(429, str(error), headers={"x-should-retry": "false"}) from error
    server.wake()
    return ApiResponse({"id": id}, 202)


async def retrieve(request: Request) -> Response:
    """Tell how far an action is."""
    server, caller = server_of(request), caller_of(request)
    caller.require("read", [("runs", None)])
    row = _found(server, request)
    return ApiResponse(bulk_actions.shown(server.state.connection, row))


async def abort(request: Request) -> Response:
    """Stop an action."""
    server, caller = server_of(request), caller_of(request)
    caller.require("write", [("runs", None)])
    row = _found(server, request)
    if row["status"] != "PENDING":
        raise ApiError(409, f"Bulk action is already {row['status'].lower()}")
    with server.state.transaction() as connection:
        bulk_actions.abort(connection, row["id"], server.now_ms)
    return ApiResponse({"id": row["id"]})


async def list_actions(request: Request) -> Response:
    """List actions, the newest first."""
    server, caller = server_of(request), caller_of(request)
    caller.require("read", [("runs", None)])
    given = request.query_params
    size = read_size(given)
    before, after = given.get("page[before]"), given.get("page[after]")
    cursor = before or after
    place = _decode(cursor) if cursor else None
    order, sign = ("ASC", ">") if before else ("DESC", "<")
    where = f"WHERE id {sign} ?" if place else ""
    connection = server.state.connection
    rows = connection.execute(
        f"SELECT * FROM bulk_actions {where} ORDER BY id {order} LIMIT ?",
        (*([place] if place else []), size + 1),
    ).fetchall()
    more, rows = len(rows) > size, rows[:size]
    if before:
        rows.reverse()
    pagination = {}
    if rows and (before or more):
        pagination["next"] = _encode(rows[-1]["id"])
    if rows and (more if before else after):
        pagination["previous"] = _encode(rows[0]["id"])
    data = [bulk_actions.shown(connection, row) for row in rows]
    return ApiResponse({"data": data, "pagination": pagination})


def _found(server: ApiServer, request: Request) -> Any:
    row = server.state.connection.execute(
        "SELECT * FROM bulk_actions WHERE id = ?", (request.path_params["action"],)
    ).fetchone()
    if row is None:
        raise ApiError(404, "Bulk action not found")
    return row


def _chosen(server: ApiServer, body: dict[str, Any]) -> list[str]:
    given, ids = body.get("filter"), body.get("runIds")
    if (given is None) == (ids is None):
        raise ApiError(400, "Validation error: Provide either filter or runIds")
    connection = server.state.connection
    if ids is not None:
        if not 1 <= len(ids) <= _MAX_RUN_IDS:
            raise ApiError(
                400, f"Validation error: Provide 1 to {_MAX_RUN_IDS} run ids"
            )
        marks = ", ".join("?" for _ in ids)
        rows = connection.execute(
            f"SELECT id FROM runs WHERE id IN ({marks}) ORDER BY created_at, id", ids
        )
        return [row["id"] for row in rows]
    query = _as_query(given or {})
    if not query:
        raise ApiError(400, "Validation error: Provide at least one filter")
    where, values = conditions(
        server.state, read_list_query(query, now=server.now_ms), server.now_ms
    )
    rows = connection.execute(
        f"SELECT id FROM runs WHERE {' AND '.join(where)} ORDER BY created_at, id",
        values,
    )
    return [row["id"] for row in rows]


def _as_query(given: dict[str, Any]) -> dict[str, str]:
    """Write a filter as the query of a list."""
    query = {}
    for name, value in given.items():
        if value is None or value in ([], ""):
            continue
        if name == "queue":
            queues = value if isinstance(value, list) else [value]
            text = ",".join(map(_queue, queues))
        elif isinstance(value, list):
            text = ",".join(value)
        else:
            text = json.dumps(value) if isinstance(value, bool) else str(value)
        query[_BY_TIME.get(name, f"filter[{name}]")] = text
    return query


def _queue(given: dict[str, str]) -> str:
    name = given["name"]
    return queue_of_task(name) if given.get("type") == "task" else name


def _encode(id: str) -> str:
    return base64.urlsafe_b64encode(id.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "==").decode()
    except ValueError:
        raise ApiError(400, "Invalid cursor") from None
