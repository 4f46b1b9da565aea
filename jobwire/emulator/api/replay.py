"""`POST /api/v1/runs/:id/replay`: a new run of an old one."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.bodies import read_json
from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.machines import MACHINES
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import (
    anything,
    date,
    either,
    number,
    record,
    string,
    word,
)
from jobwire.emulator.api.trigger_body import MAX_KEY_LENGTH, TAGS
from jobwire.emulator.replaying import replay_of
from jobwire.emulator.run import find_run
from jobwire.emulator.triggering import TriggerRefusedError, trigger

_OVERRIDES = record(
    {},
    {
        "payload": anything,
        "payloadType": word("application/json", "application/super+json"),
        "metadata": record({}, {}),
        "tags": TAGS,
        "queue": string(),
        "concurrencyKey": either(string(), number()),
        "machine": word(*MACHINES),
        "version": string(),
        "region": string(),
        "delay": either(string(), date),
        "ttl": either(string(), number(whole=True, from_zero=True)),
        "idempotencyKey": string(MAX_KEY_LENGTH),
        "idempotencyKeyTTL": string(),
        "maxAttempts": number(whole=True, from_zero=True),
        "maxDuration": number(from_zero=True),
        "priority": number(),
    },
)


async def replay(request: Request) -> Response:
    """Replay a run."""
    server, id = server_of(request), request.path_params["run"]
    caller_of(request).require("write", [("runs", id)])
    text = await request.body()
    overrides = read_json(text) if text else {}
    if faults := _OVERRIDES(overrides, ()):
        raise ApiError(400, f"Validation error: {'; '.join(map(str, faults))}")
    run = find_run(server.state.connection, id)
    if run is None:
        raise ApiError(404, "Run not found")
    body = replay_of(run, overrides)
    try:
        made = trigger(
            server.state, server.transitions, run.task, body, now=server.now_ms
        )
    except TriggerRefusedError as error:
        raise ApiError(400, "Failed to create new run") from error
    server.wake()
    return ApiResponse({"id": made.id})
