"""`GET /realtime/v1/…`: runs, and what becomes of them, as the log of a shape.

Source: `realtimeClient.server.ts` of triggerdotdev/trigger.dev, read 2026-11-23, and
answers of a real server 4.5.12; the protocol is that of Electric.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import batches
from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.realtime_rows import insert, schema, update
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.durations import parse_period
from jobwire.emulator.live_polls import TooManyPollsError
from jobwire.emulator.run import find_run
from jobwire.emulator.run_shapes import Change, Shape, log_bounds

_DAY_MS = 24 * 60 * 60 * 1000
_MINUTE_MS = 60_000
_BEGINNING = "-1"
_OFFSET = re.compile(r"(\d{1,15})_(\d{1,15})")
_WINDOW = re.compile(r"runs_(\d{1,15})_\d+_[0-9a-f]{8}")
_UP_TO_DATE = {"headers": {"control": "up-to-date"}}
_MUST_REFETCH = {"headers": {"control": "must-refetch"}}
#: How old clients, which do not name their version, know the headers.
_OLD_HEADERS = {
    "electric-handle": "electric-shape-id",
    "electric-offset": "electric-chunk-last-offset",
}
_OPEN = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}


async def follow_run(request: Request) -> Response:
    """Tell the log of one run."""
    server, caller = server_of(request), caller_of(request)
    run = find_run(server.state.connection, request.path_params["run"])
    if run is None:
        raise ApiError(404, "Not found")
    caller.require(
        "read",
        [
            ("runs", run.id),
            ("tasks", run.task),
            *(("tags", tag) for tag in run.tag_list),
            *([("batch", run.batch_id)] if run.batch_id else ()),
        ],
    )
    return await _answer(request, Shape("run", column="id", value=run.id))


async def follow_batch(request: Request) -> Response:
    """Tell the log of the runs of a batch."""
    server, caller = server_of(request), caller_of(request)
    id = request.path_params["batch"]
    if batches.find(server.state.connection, id) is None:
        raise ApiError(404, "Not found")
    caller.require("read", [("batch", id)])
    return await _answer(request, Shape("batch", column="batch_id", value=id))


async def follow_runs(request: Request) -> Response:
    """Tell the log of the runs of a window that have all of some tags."""
    server, given = server_of(request), request.query_params
    tags = tuple(sorted({tag for tag in given.get("tags", "").split(",") if tag}))
    caller_of(request).require("read", [("runs", None), *(("tags", t) for t in tags)])
    # The window of a log stands still; its handle knows it.
    known = _WINDOW.fullmatch(given.get("handle", ""))
    if known is not None and given.get("offset") != _BEGINNING:
        created_from = int(known[1])
    else:
        span = min(parse_period(given.get("createdAt", "")) or _DAY_MS, _DAY_MS)
        start = server.now_ms - span
        created_from = start - start % _MINUTE_MS
    return await _answer(request, Shape("runs", created_from=created_from, tags=tags))


async def _answer(request: Request, shape: Shape) -> Response:
    server, given = server_of(request), request.query_params
    skipped = frozenset(given.get("skipColumns", "").split(","))
    handle = shape.handle(server.state)
    first, last = log_bounds(server.state)
    offset = given.get("offset", "")
    if offset == _BEGINNING:
        rows = shape.rows(server.state)
        newest = max((run.updated_at for run in rows), default=0)
        messages = [insert(run, skipped) for run in rows]
        told = {**_place(handle, newest, last), "electric-schema": schema(skipped)}
        return _written(request, [*messages, _UP_TO_DATE], told)
    known = _OFFSET.fullmatch(offset)
    if known is None:
        raise ApiError(
            400, "Invalid request", errors={"offset": ["has invalid format"]}
        )
    after = int(known[2])
    if given.get("handle") != handle or not first <= after <= last:
        told = {"electric-handle": handle}
        return _written(request, [_MUST_REFETCH], told, status=409)
    told = {"electric-schema": schema(skipped)}
    if given.get("live") == "true":
        changes = await _wait(request, server, shape, after)
        told = {"electric-cursor": server.live_polls.next_cursor()}
    else:
        changes = shape.changes(server.state, after)
    newest = max([int(known[1]), *(_updated_at(change) for change in changes)])
    # What happened elsewhere is passed over, lest this place grows too old.
    seq = max(log_bounds(server.state)[1], after)
    messages = [_message(change, skipped) for change in changes]
    told = {**_place(handle, newest, seq), **told}
    return _written(request, [*messages, _UP_TO_DATE], told)


async def _wait(
    request: Request, server: ApiServer, shape: Shape, after: int
) -> Sequence[Change]:
    def look() -> Sequence[Change] | None:
        return shape.changes(server.state, after) or None

    try:
        return await server.live_polls.wait(look, lambda: _left(request)) or ()
    except TooManyPollsError:
        raise ApiError(429, "Too many concurrent requests") from None


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _message(change: Change, skipped: Collection[str]) -> dict[str, Any]:
    if change.is_insert:
        return insert(change.run, skipped, change.values)
    return update(change.run, change.values, skipped)


def _updated_at(change: Change) -> int:
    written: int = change.values.get("updated_at", 0)
    return written


def _place(handle: str, newest: int, seq: int) -> dict[str, str]:
    return {"electric-handle": handle, "electric-offset": f"{newest}_{seq}"}


def _written(
    request: Request,
    messages: Sequence[Mapping[str, Any]],
    headers: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    if "x-trigger-electric-version" not in request.headers:
        headers = {_OLD_HEADERS.get(name, name): headers[name] for name in headers}
    told = {"cache-control": "no-store", **_OPEN, **headers}
    return ApiResponse(list(messages), status, told)
