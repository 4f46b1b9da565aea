"""`GET` and `PUT /api/v1/runs/:id/metadata`."""

from sqlite3 import Connection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import metadata_operations
from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import (
    anything,
    array,
    either,
    number,
    record,
    string,
    word,
)
from jobwire.emulator.payloads import JSON_TYPE, write_json
from jobwire.emulator.run import Run, find_run, update_run
from jobwire.emulator.triggering import MAX_METADATA_BYTES

_MAX_BODY_BYTES = 2 * 1024 * 1024
_OBJECT = record({}, {})
_KEYED = {"key": string()}
_OPERATION = either(
    record({"type": word("set", "append", "remove"), **_KEYED, "value": anything}, {}),
    record({"type": word("delete"), **_KEYED}, {}),
    record({"type": word("increment"), **_KEYED, "value": number()}, {}),
    record({"type": word("update"), "value": _OBJECT}, {}),
)
_BODY = record(
    {},
    {
        "metadata": _OBJECT,
        "operations": array(_OPERATION),
        "parentOperations": array(_OPERATION),
        "rootOperations": array(_OPERATION),
    },
)


async def read_metadata(request: Request) -> Response:
    """Tell metadata, as the text that is stored."""
    require_key(request)
    server = server_of(request)
    run = _found(server.state.connection, request)
    return ApiResponse({"metadata": run.metadata, "metadataType": JSON_TYPE})


async def put_metadata(request: Request) -> Response:
    """Change metadata: of the run, of its parent, of the run at the top."""
    require_key(request, "Invalid API key")
    body = await read_checked(request, _BODY, max_bytes=_MAX_BODY_BYTES)
    server = server_of(request)
    with server.state.transaction() as connection:
        run = _found(connection, request)
        changed = metadata_operations.apply(
            body.get("metadata", run.metadata_object), body.get("operations", ())
        )
        _write(connection, run, changed, server.now_ms)
        for id, name in (
            (run.parent_id, "parentOperations"),
            (run.root_id, "rootOperations"),
        ):
            relative = find_run(connection, id or run.id)
            if relative is not None and body.get(name):
                values = metadata_operations.apply(relative.metadata_object, body[name])
                _write(connection, relative, values, server.now_ms)
        told = _found(connection, request).metadata_object
    return ApiResponse({"metadata": told})


def _found(connection: Connection, request: Request) -> Run:
    run = find_run(connection, request.path_params["run"])
    if run is None:
        raise ApiError(404, "Task Run not found")
    return run


def _write(
    connection: Connection, run: Run, metadata: dict[str, Any], now: int
) -> None:
    text = write_json(metadata)
    if len(text.encode()) > MAX_METADATA_BYTES:
        raise ApiError(
            413, f"Metadata exceeds maximum size of {MAX_METADATA_BYTES} bytes"
        )
    update_run(connection, run, now=now, metadata=text)
