"""`POST /api/v1/tasks/:id/trigger`: a run is accepted, whatever its task is called."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.public_tokens import sign
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.trigger_body import MAX_KEY_LENGTH, read_trigger_body
from jobwire.emulator.payloads import write_json
from jobwire.emulator.triggering import TriggerRefusedError
from jobwire.emulator.triggering import trigger as make_run

_ENGINES = ("V1", "V2")


async def trigger(request: Request) -> Response:
    """Trigger a task."""
    server, task = server_of(request), request.path_params["task"]
    caller = caller_of(request)
    over = _options_of_headers(request)
    caller.require("trigger", [("tasks", task)])
    body = await read_trigger_body(request)
    body["options"] = {**body.get("options", {}), **over}
    now = server.now_ms
    try:
        made = make_run(
            server.state,
            server.transitions,
            task,
            body,
            now=now,
            one_time_token=caller.one_time_token,
        )
    except TriggerRefusedError as error:
        raise ApiError(error.status, str(error)) from error
    server.wake()
    claims = {
        "sub": server.state.environment_id,
        "pub": True,
        "scopes": [f"read:runs:{made.id}", f"write:inputStreams:{made.id}"],
    }
    return ApiResponse(
        {"id": made.id, "isCached": made.is_cached},
        headers={
            "x-trigger-jwt": sign(claims, server.secret_key, now=now),
            "x-trigger-jwt-claims": write_json(claims),
        },
    )


def _options_of_headers(request: Request) -> dict[str, Any]:
    """Return the options that headers give; they win over those of the body."""
    faults = []
    key = request.headers.get("idempotency-key")
    if key is not None and len(key) > MAX_KEY_LENGTH:
        faults.append(
            {
                "code": "too_big",
                "maximum": MAX_KEY_LENGTH,
                "type": "string",
                "inclusive": True,
                "exact": False,
                "message": f"String must contain at most {MAX_KEY_LENGTH} character(s)",
                "path": ["idempotency-key"],
            }
        )
    engine = request.headers.get("x-trigger-engine-version")
    if engine is not None and engine not in _ENGINES:
        faults.append(
            {
                "received": engine,
                "code": "invalid_enum_value",
                "options": list(_ENGINES),
                "path": ["x-trigger-engine-version"],
                "message": "Invalid enum value. Expected 'V1' | 'V2', received"
                f" '{engine}'",
            }
        )
    if faults:
        raise ApiError(400, "Headers Error", details=faults)
    given = {
        "idempotencyKey": key,
        "idempotencyKeyTTL": request.headers.get("idempotency-key-ttl"),
    }
    return {name: value for name, value in given.items() if value}
