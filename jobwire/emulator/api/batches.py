"""Batches: `/api/v3/batches`, the older `/tasks/batch`, and retrieving them."""

from sqlite3 import Connection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import batches
from jobwire.emulator.api.batch_items import read_items
from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.callers import Caller, caller_of
from jobwire.emulator.api.public_tokens import sign
from jobwire.emulator.api.rate_limit import BatchLimit
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.api.shapes import Shape, anything, array, number, record, string
from jobwire.emulator.api.trigger_body import MAX_KEY_LENGTH, OPTIONS
from jobwire.emulator.clock import iso
from jobwire.emulator.payloads import write_json
from jobwire.emulator.triggering import TriggerRefusedError, use_up

_MAX_CREATE_BYTES = 131_072
_MAX_OLD_BYTES = 1_000_000
_MAX_RUNS = 1_000
_MAX_OLD_ITEMS = 500
_CREATE = record(
    {"runCount": number(whole=True, from_zero=True)},
    {
        "taskIdentifiers": array(string()),
        "parentRunId": string(),
        "idempotencyKey": string(MAX_KEY_LENGTH),
        "idempotencyKeyOptions": anything,
    },
)
_ITEM: Shape = record(
    {"task": string()}, {"payload": anything, "context": anything, "options": OPTIONS}
)
_OLD = record({"items": array(_ITEM)}, {"parentRunId": string()})


async def create(request: Request) -> Response:
    """Make a batch that waits for its items."""
    server, caller = server_of(request), caller_of(request)
    caller.require("batchTrigger", [("tasks", None)])
    body = await read_checked(request, _CREATE, max_bytes=_MAX_CREATE_BYTES)
    count = body["runCount"]
    if count <= 0:
        raise ApiError(
            400, 'Validation error: runCount must be a positive integer at "runCount"'
        )
    if count > _MAX_RUNS:
        raise ApiError(
            400,
            f"Batch runCount of {count} exceeds maximum allowed of {_MAX_RUNS}.",
        )
    _take_tokens(server.batch_limit, count, server.now_ms)
    key = body.get("idempotencyKey")
    try:
        with server.state.transaction() as connection:
            _use_up(connection, caller)
            id = batches.create(connection, count, key, server.now_ms)
    except batches.BatchRefusedError as error:
        raise ApiError(error.status, str(error)) from error
    return _made(server, id, {"runCount": count, "isCached": False}, key)


async def add_items(request: Request) -> Response:
    """Take items of a batch, one on each line."""
    server, id = server_of(request), request.path_params["batch"]
    caller_of(request).require("batchTrigger", [("batch", id)])
    items = await read_items(request)
    try:
        with server.state.transaction() as connection:
            batch = batches.find(connection, id)
            if batch is None:
                raise ApiError(422, f"Batch {id} not found")
            told = batches.add_items(connection, batch, items, server.now_ms)
    except batches.BatchRefusedError as error:
        raise ApiError(error.status, str(error)) from error
    server.wake()
    return ApiResponse(told)


async def trigger_v2(request: Request) -> Response:
    """Make a batch of all its items at once; its runs are made afterwards."""
    server, (caller, items) = server_of(request), await _old_items(request)
    id = _sealed(server, caller, items)
    server.wake()
    return _made(server, id, {"isCached": False, "runCount": len(items)}, None)


async def trigger_v1(request: Request) -> Response:
    """Make a batch and its runs at once."""
    server, (caller, items) = server_of(request), await _old_items(request)
    now = server.now_ms
    id = _sealed(server, caller, items)
    rows = server.state.connection.execute(
        "SELECT * FROM batch_items WHERE batch = ? ORDER BY position", (id,)
    ).fetchall()
    runs = []
    for row in rows:
        made = batches.make_run(server.state, server.transitions, row, now)
        if made is not None:
            runs.append(
                {"id": made[0], "isCached": made[1], "taskIdentifier": row["task"]}
            )
    server.wake()
    return _made(server, id, {"isCached": False, "runs": runs}, None)


async def retrieve(request: Request) -> Response:
    """Show a batch."""
    server, batch = _found(request)
    return ApiResponse(batches.shown(server.state.connection, batch))


async def retrieve_first(request: Request) -> Response:
    """Show a batch as the first version of the route does."""
    server, batch = _found(request)
    return ApiResponse(batches.shown_first(server.state.connection, batch))


async def results(request: Request) -> Response:
    """Tell no results: the route looks where their current engine writes nothing."""
    _, batch = _found(request)
    return ApiResponse({"id": batch["id"], "items": []})


def _found(request: Request) -> tuple[ApiServer, Any]:
    server, id = server_of(request), request.path_params["batch"]
    caller_of(request).require("read", [("batch", id)])
    batch = batches.find(server.state.connection, id)
    if batch is None:
        raise ApiError(404, "Not found", headers={"x-should-retry": "true"})
    return server, batch


async def _old_items(request: Request) -> tuple[Caller, list[batches.Item]]:
    caller = caller_of(request)
    body = await read_checked(request, _OLD, max_bytes=_MAX_OLD_BYTES)
    given = body["items"]
    caller.require("batchTrigger", [("tasks", item["task"]) for item in given])
    if not given:
        raise ApiError(400, "Batch cannot be triggered with no items")
    if len(given) > _MAX_OLD_ITEMS:
        raise ApiError(
            400,
            f"Batch size of {len(given)} is too large. Maximum allowed batch size is"
            f" {_MAX_OLD_ITEMS}.",
        )
    return caller, [
        batches.Item(index, item["task"], _trigger_of(item))
        for index, item in enumerate(given)
    ]


def _trigger_of(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("payload", "options") if name in item}


def _sealed(server: ApiServer, caller: Caller, items: list[batches.Item]) -> str:
    now = server.now_ms
    with server.state.transaction() as connection:
        _use_up(connection, caller)
        id = batches.create(connection, len(items), None, now)
        batch = batches.find(connection, id)
        if batch is None:
            raise LookupError(id)
        batches.add_items(connection, batch, items, now)
    return id


def _made(
    server: ApiServer, id: str, told: dict[str, Any], key: str | None
) -> Response:
    named = {"sub": server.state.environment_id, "pub": True}
    claims = {**named, "scopes": [f"read:batch:{id}"]}
    answer = {"id": id, **told}
    if key is not None:
        answer["idempotencyKey"] = key
    return ApiResponse(
        answer,
        202,
        {
            "x-trigger-jwt": sign(claims, server.secret_key, now=server.now_ms),
            "x-trigger-jwt-claims": write_json(named),
        },
    )


def _use_up(connection: Connection, caller: Caller) -> None:
    if caller.one_time_token is None:
        return
    try:
        use_up(connection, caller.one_time_token, "batch trigger")
    except TriggerRefusedError as error:
        raise ApiError(error.status, str(error)) from error


def _take_tokens(limit: BatchLimit, count: int, now: int) -> None:
    refused = limit.take(count, now)
    if refused is None:
        return
    raise ApiError(
        429,
        f"Batch rate limit exceeded. Limit resets at {iso(refused.reset_ms)}",
        headers=refused.headers(now),
    )
