"""`/api/v1/queues`: listing, retrieving, pausing and limiting queues.

Source: `apps/webapp/app/routes/api.v1.queues*.ts` of triggerdotdev/trigger.dev, read
2026-11-26, and answers of a real server 4.5.12.
"""

from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobwire.emulator import queues
from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.page_numbers import read_page
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import Fault, Path, Shape, number, record, word
from jobwire.emulator.clock import iso
from jobwire.emulator.queues import OverrideError, QueueState

#: These routes take no public token, whatever its scopes.
_REFUSED = "Invalid API key"
_TYPES = ("id", "task", "custom")
_TYPE = word(*_TYPES)
_MAX_PERCENT = 100
_PAUSE = record({"action": word("pause", "resume")}, {"type": _TYPE})
_RESET = record({}, {"type": _TYPE})


async def list_queues(request: Request) -> Response:
    """Show a page of all queues, by their names."""
    server = server_of(request)
    require_key(request, _REFUSED)
    page, size = read_page(request.query_params, default_size=25)
    found = sorted(
        queues.list_queues(server.state.connection),
        key=lambda queue: queues.shown_name(queue.name),
    )
    first = (page - 1) * size
    return ApiResponse(
        {
            "data": [
                {**_shown(queue), **_percent(queue)}
                for queue in found[first : first + size]
            ],
            "pagination": {
                "currentPage": page,
                "totalPages": -(-len(found) // size),
                "count": len(found),
            },
        }
    )


async def retrieve_queue(request: Request) -> Response:
    """Show a queue."""
    require_key(request, _REFUSED)
    type = request.query_params.get("type", "id")
    if type not in _TYPES:
        raise ApiError(400, "Query Error", details=[_wrong_type(type)])
    queue = _found(request, type, "queue-not-found")
    return ApiResponse({**_shown(queue), **_percent(queue)})


async def pause_queue(request: Request) -> Response:
    """Pause or resume a queue."""
    server = server_of(request)
    require_key(request, _REFUSED)
    body = await read_checked(request, _PAUSE)
    type = body.get("type", "id")
    queue = _found(request, type, "queue-not-found")
    with server.state.transaction() as connection:
        queues.set_paused(connection, queue, is_paused=body["action"] == "pause")
    server.wake()
    return ApiResponse(_shown(_found(request, type, "queue-not-found")))


async def override_limit(request: Request) -> Response:
    """Put a limit over that of a queue."""
    server = server_of(request)
    require_key(request, _REFUSED)
    body = await read_checked(request, _override)
    type = body.get("type", "id")
    queue = _found(request, type, "Queue not found")
    try:
        with server.state.transaction() as connection:
            queues.override(
                connection,
                queue,
                limit=body.get("concurrencyLimit"),
                percent=body.get("percent"),
                most=server.concurrency,
                now=server.now_ms,
            )
    except OverrideError as error:
        raise ApiError(400, str(error)) from error
    server.wake()
    return ApiResponse(_shown(_found(request, type, "Queue not found")))


async def reset_limit(request: Request) -> Response:
    """Let a queue have its own limit again."""
    server = server_of(request)
    require_key(request, _REFUSED)
    type = (await read_checked(request, _RESET)).get("type", "id")
    queue = _found(request, type, "Queue not found")
    try:
        with server.state.transaction() as connection:
            queues.reset(connection, queue)
    except OverrideError as error:
        raise ApiError(400, str(error)) from error
    server.wake()
    return ApiResponse(_shown(_found(request, type, "Queue not found")))


def _found(request: Request, type: str, error: str) -> QueueState:
    # Callers encode slashes twice, so that none of the way takes them for its own.
    asked = unquote(request.path_params["queue"])
    found = queues.find_queue(server_of(request).state.connection, asked, type)
    if found is None:
        raise ApiError(404, error)
    return found


def _shown(queue: QueueState) -> dict[str, Any]:
    at = queue.overridden_at
    limit = queue.base_limit if at is None else queue.override_limit
    return {
        "id": queue.id,
        "name": queues.shown_name(queue.name),
        "type": "task" if queues.is_of_task(queue.name) else "custom",
        "running": queue.running,
        "queued": queue.queued,
        "paused": bool(queue.is_paused),
        "concurrencyLimit": limit,
        "concurrency": {
            "current": limit,
            "base": None if at is None else queue.base_limit,
            "override": None if at is None else limit,
            "overriddenBy": None,
            "overriddenAt": None if at is None else iso(at),
        },
        "releaseConcurrencyOnWaitpoint": True,
    }


def _percent(queue: QueueState) -> dict[str, float | None]:
    """Return what only reading shows."""
    return {"concurrencyLimitOverridePercent": queue.override_percent}


def _override(value: Any, path: Path) -> list[Fault]:
    faults = _OVERRIDE(value, path)
    if not faults and ("concurrencyLimit" in value) == ("percent" in value):
        told = "Provide exactly one of `concurrencyLimit` or `percent`"
        return [Fault(told, path, of_type=False)]
    return faults


def _up_to(shape: Shape, most: int, *, above_zero: bool = False) -> Shape:
    def check(value: Any, path: Path) -> list[Fault]:
        faults = shape(value, path)
        if not faults and above_zero and value <= 0:
            faults.append(Fault("Number must be greater than 0", path, of_type=False))
        if not faults and value > most:
            told = f"Number must be less than or equal to {most}"
            faults.append(Fault(told, path, of_type=False))
        return faults

    return check


_OVERRIDE = record(
    {},
    {
        "type": _TYPE,
        "concurrencyLimit": _up_to(
            number(whole=True, from_zero=True), queues.MAX_LIMIT
        ),
        "percent": _up_to(number(), _MAX_PERCENT, above_zero=True),
    },
)


def _wrong_type(received: str) -> dict[str, Any]:
    return {
        "received": received,
        "code": "invalid_enum_value",
        "options": list(_TYPES),
        "path": ["type"],
        "message": "Invalid enum value. Expected 'id' | 'task' | 'custom', received"
        f" '{received}'",
    }


_QUEUE = "/api/v1/queues/{queue:path}"
ROUTES = (
    Route("/api/v1/queues", list_queues),
    Route(f"{_QUEUE}/pause", pause_queue, methods=["POST"]),
    Route(f"{_QUEUE}/concurrency/override", override_limit, methods=["POST"]),
    Route(f"{_QUEUE}/concurrency/reset", reset_limit, methods=["POST"]),
    Route(_QUEUE, retrieve_queue),
)
