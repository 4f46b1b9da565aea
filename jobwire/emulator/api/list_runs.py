"""`GET /api/v1/runs`: runs from the newest, page by page, a moment late."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import caller_of
from jobwire.emulator.api.list_query import Cursor, ListQuery, read_list_query
from jobwire.emulator.api.machines import DEFAULT_MACHINE
from jobwire.emulator.api.responses import ApiResponse
from jobwire.emulator.api.retrieve import speaks_current
from jobwire.emulator.api.run_json import listed
from jobwire.emulator.api.server import server_of
from jobwire.emulator.clock import to_ms
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
    visible = to_ms(server.now() - server.list_lag)
    runs, pagination = _page(server.state, query, visible)
    current = speaks_current(request)
    data = [listed(run, server.state, current=current) for run in runs]
    return ApiResponse({"data": data, "pagination": pagination})


def _page(
    state: State, query: ListQuery, visible: int
) -> tuple[list[Run], dict[str, str]]:
    """Return the runs of a page, and the cursors to the newer and the older one."""
    backward = query.before is not None
    where, values = _conditions(state, query, visible)
    direction = "ASC" if backward else "DESC"
    rows = state.connection.execute(
        f"SELECT * FROM runs WHERE {' AND '.join(where)}"
        f" ORDER BY created_at {direction}, id {direction} LIMIT ?",
        (*values, query.size + 1),
    ).fetchall()
    more = len(rows) > query.size
    runs = [Run.from_row(row) for row in rows[: query.size]]
    if backward:
        runs.reverse()
    pagination = {}
    if runs and (backward or more):
        pagination["next"] = Cursor(runs[-1].created_at, runs[-1].id).encode()
    if runs and (more if backward else query.after is not None):
        pagination["previous"] = Cursor(runs[0].created_at, runs[0].id).encode()
    return runs, pagination


def _conditions(
    state: State, query: ListQuery, visible: int
) -> tuple[list[str], list[Any]]:
    where = ["created_at <= ?"]
    values: list[Any] = [visible]
    if query.nothing:
        where.append("false")
    if query.first is not None:
        where.append("created_at >= ?")
        values.append(query.first)
    if query.last is not None:
        where.append("created_at <= ?")
        values.append(query.last)
    if query.is_test is not None:
        where.append("is_test = ?")
        values.append(query.is_test)
    among: list[tuple[str, tuple[str, ...] | None]] = [
        ("status", query.statuses),
        ("task", query.tasks),
        ("version", query.versions),
        ("queue", query.queues),
        (f"coalesce(machine, '{DEFAULT_MACHINE}')", query.machines),
        # Runs of a development environment all are in its own region.
        (f"'{state.environment_id}'", query.regions),
    ]
    for column, words in among:
        if words is not None:
            where.append(f"{column} IN ({_marks(words)})")
            values.extend(words)
    if query.tags is not None:
        where.append(
            "EXISTS (SELECT 1 FROM json_each(tags)"
            f" WHERE value IN ({_marks(query.tags)}))"
        )
        values.extend(query.tags)
    cursor, sign = query.before or query.after, ">" if query.before else "<"
    if cursor is not None and cursor.created_at is not None:
        where.append(f"(created_at, id) {sign} (?, ?)")
        values += [cursor.created_at, cursor.run_id]
    elif cursor is not None:
        where.append(f"id {sign} ?")
        values.append(cursor.run_id)
    return where, values


def _marks(words: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in words)
