"""Schedules: `/api/v1/schedules`, and the time zones that they may have."""

from math import ceil
from sqlite3 import Connection, Row
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import schedules
from jobwire.emulator.api.bodies import read_json
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.page_numbers import read_page
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.run_json import USER_NAME
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.clock import iso
from jobwire.emulator.durations import parse_duration
from jobwire.emulator.project import ENVIRONMENT_SLUG, ENVIRONMENT_TYPE
from jobwire.triggerdev.cron import CronError, read_cron
from jobwire.triggerdev.time_zones import time_zones

_DEFAULT_SIZE = 20
_FIELDS = 5
_UTC = "UTC"
_SHORTCODE = "local-developer"
_DAY_MS = 24 * 60 * 60 * 1000
_KINDS = {type(None): "null", bool: "boolean", list: "array", dict: "object"}


async def create(request: Request) -> Response:
    """Make a schedule, or change the one that has the key."""
    require_key(request)
    server = server_of(request)
    wish = _wish(request, server, await _body(request, keyed=True))
    with server.state.transaction() as connection:
        made = schedules.create(connection, wish, server.now_ms)
    server.wake()
    return ApiResponse(_made(server, made))


async def change(request: Request) -> Response:
    """Change a schedule; one that nobody knows is made."""
    require_key(request)
    server = server_of(request)
    body = await _body(request, keyed=False)
    with server.state.transaction() as connection:
        had = schedules.find(connection, request.path_params["schedule"])
        if had is not None and had["type"] == "DECLARATIVE":
            raise ApiError(422, "Cannot update a declarative schedule")
        wish = _wish(request, server, body)
        now = server.now_ms
        if had is None:
            made = schedules.create(connection, wish, now)
        else:
            made = schedules.change(connection, had, wish, now)
    server.wake()
    return ApiResponse(_made(server, made))


async def retrieve(request: Request) -> Response:
    """Show a schedule."""
    server = server_of(request)
    return ApiResponse(_shown(server, _found(server.state.connection, request)))


async def activate(request: Request) -> Response:
    """Have a schedule fire again."""
    server = server_of(request)
    with server.state.transaction() as connection:
        found = _found(connection, request)
        after = schedules.activate(connection, found, server.now_ms)
    server.wake()
    return ApiResponse(_shown(server, after))


async def deactivate(request: Request) -> Response:
    """Have a schedule fire no more."""
    server = server_of(request)
    with server.state.transaction() as connection:
        after = schedules.deactivate(connection, _found(connection, request))
    return ApiResponse(_shown(server, after))


async def delete(request: Request) -> Response:
    """Forget a schedule."""
    server = server_of(request)
    with server.state.transaction() as connection:
        found = _found(connection, request)
        if found["type"] == "DECLARATIVE":
            raise ApiError(422, "Cannot delete a declarative schedule")
        schedules.delete(connection, found)
    return ApiResponse({"id": found["id"]})


async def list_schedules(request: Request) -> Response:
    """List schedules by the numbers of pages."""
    require_key(request)
    server, given = server_of(request), request.query_params
    page, size = read_page(given, default_size=_DEFAULT_SIZE)
    connection = server.state.connection
    count: int = connection.execute("SELECT count(*) FROM schedules").fetchone()[0]
    rows = connection.execute(
        "SELECT * FROM schedules ORDER BY created_at, id LIMIT ? OFFSET ?",
        (size, (page - 1) * size),
    ).fetchall()
    pagination = {
        "currentPage": page,
        "totalPages": ceil(count / size),
        "count": count,
    }
    data = [_listed(server, row) for row in rows]
    return ApiResponse({"data": data, "pagination": pagination})


async def list_time_zones(request: Request) -> Response:
    """Tell the names of time zones to anyone."""
    names = time_zones()
    excludes = request.query_params.get("excludeUtc") == "true"
    return ApiResponse({"timezones": [*names[1:]] if excludes else [*names]})


def _found(connection: Connection, request: Request) -> Row:
    require_key(request)
    row = schedules.find(connection, request.path_params["schedule"])
    if row is None:
        raise ApiError(404, "Schedule not found")
    return row


def _made(server: ApiServer, row: Row) -> dict[str, Any]:
    """Return a schedule as making it answers."""
    return {
        "id": row["id"],
        "type": row["type"],
        "task": row["task"],
        "active": bool(row["is_active"]),
        **_nature(row),
        "environments": [
            {
                "id": server.state.environment_id,
                "shortcode": _SHORTCODE,
                "type": ENVIRONMENT_TYPE,
                "userName": USER_NAME,
            }
        ],
        **_next(row),
    }


def _shown(server: ApiServer, row: Row) -> dict[str, Any]:
    """Return a schedule as retrieving it answers."""
    return {
        "id": row["id"],
        "type": row["type"],
        "task": row["task"],
        "active": bool(row["is_active"]),
        **_next(row),
        **_nature(row),
        "environments": [{"id": server.state.environment_id, "type": ENVIRONMENT_TYPE}],
    }


def _listed(server: ApiServer, row: Row) -> dict[str, Any]:
    """Return a schedule as lists show it."""
    return {
        "id": row["id"],
        "type": row["type"],
        "task": row["task"],
        **_nature(row),
        "externalId": row["external_id"],
        "active": bool(row["is_active"]),
        **_next(row),
        "environments": [
            {
                "id": server.state.environment_id,
                "type": ENVIRONMENT_TYPE,
                "slug": ENVIRONMENT_SLUG,
                "userName": USER_NAME,
            }
        ],
    }


def _nature(row: Row) -> dict[str, Any]:
    key = row["deduplication_key"] if row["shows_key"] else None
    told = {
        "generator": schedules.shown_generator(row),
        "timezone": row["timezone"],
        "externalId": row["external_id"],
        "deduplicationKey": key,
        "window": row["window"],
    }
    return {name: value for name, value in told.items() if value is not None}


def _next(row: Row) -> dict[str, Any]:
    at, effective = row["next_at"], schedules.effective(row)
    return {
        "nextRun": None if at is None else iso(at),
        "nextRunEffectiveAt": None if effective is None else iso(effective),
    }


async def _body(request: Request, *, keyed: bool) -> dict[str, Any]:
    body = read_json(await request.body())
    if not isinstance(body, dict):
        body = {}
    required = ["task", "cron", *(["deduplicationKey"] if keyed else [])]
    optional = ["externalId", "timezone", "window"]
    wrong = [name for name in required if not isinstance(body.get(name), str)]
    wrong += [
        name
        for name in optional
        if name in body and not isinstance(body[name], str | type(None))
    ]
    if wrong:
        issues = [_issue(name, body) for name in wrong]
        raise ApiError(400, "Invalid request body", issues=issues)
    return body


def _issue(name: str, body: dict[str, Any]) -> dict[str, Any]:
    received = "undefined"
    if name in body:
        received = _KINDS.get(type(body[name]), "number")
    message = "Required"
    if name in body:
        message = f"Expected string, received {received}"
    return {
        "code": "invalid_type",
        "expected": "string",
        "received": received,
        "path": [name],
        "message": message,
    }


def _wish(request: Request, server: ApiServer, body: dict[str, Any]) -> schedules.Wish:
    text, timezone = body["cron"], body.get("timezone") or _UTC
    if len(text.split(" ")) < _FIELDS and not text.startswith("@"):
        # Their description of it fails.
        raise ApiError(500, "Internal Server Error")
    try:
        cron = read_cron(text)
    except CronError as error:
        raise ApiError(422, f"Invalid cron expression: {error}") from error
    if timezone not in time_zones():
        origin = str(request.base_url).rstrip("/")
        raise ApiError(
            422,
            f"Invalid IANA timezone: '{timezone}'. View the list of valid timezones"
            f" at {origin}/timezones",
        )
    _check_task(server, body["task"])
    window = body.get("window")
    if window is not None and not _is_window(window):
        raise ApiError(422, f"Invalid window: {window}")
    return schedules.Wish(
        task=body["task"],
        cron=cron,
        timezone=timezone,
        external_id=body.get("externalId"),
        window=window,
        key=body.get("deduplicationKey") or None,
    )


def _check_task(server: ApiServer, task: str) -> None:
    if not server.transitions.has_task(task):
        raise ApiError(422, f"Task with identifier {task} not found in project.")
    if not server.transitions.is_scheduled(task):
        raise ApiError(422, f"Task with identifier {task} is not a scheduled task.")


def _is_window(text: str) -> bool:
    if text.endswith("%"):
        return text[:-1].isdecimal() and 1 <= int(text[:-1]) <= 100  # noqa: PLR2004 - percent
    span = parse_duration(text)
    return span is not None and 0 < span <= _DAY_MS
