"""Which waitpoint tokens a list shows, and the cursors to its neighbours.

Source: `WaitpointListPresenter.server.ts` of triggerdotdev/trigger.dev, read
2026-11-26: beside another status, COMPLETED and TIMED_OUT are one.
"""

from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from jobwire.emulator.api.list_query import read_size
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.durations import parse_date, parse_period
from jobwire.emulator.waitpoints import Waitpoint

_STATUSES = ("WAITING", "COMPLETED", "TIMED_OUT")
_ENDED = ("COMPLETED", "TIMED_OUT")
_PREFIX = "waitpoint_"


def page_of(
    connection: Connection, given: Mapping[str, str], *, now: int
) -> tuple[list[Waitpoint], dict[str, str]]:
    """Return the tokens of a page, from the newest, and its pagination.

    Raises:
        ApiError: 400.
    """
    size = read_size(given)
    before, after = given.get("page[before]"), given.get("page[after]")
    where, values = _conditions(given, now)
    cursor = before or after
    if cursor:
        where.append(f"id {'>' if before else '<'} ?")
        values.append(_PREFIX + cursor)
    rows = connection.execute(
        f"SELECT * FROM waitpoints WHERE {' AND '.join(['1', *where])}"
        f" ORDER BY id {'ASC' if before else 'DESC'} LIMIT ?",
        (*values, size + 1),
    ).fetchall()
    more = len(rows) > size
    found = [Waitpoint(**dict(row)) for row in rows[:size]]
    if before:
        found.reverse()
    pagination = {}
    if found and (before or more):
        pagination["next"] = found[-1].id.removeprefix(_PREFIX)
    if found and (more if before else after):
        pagination["previous"] = found[0].id.removeprefix(_PREFIX)
    return found, pagination


def _conditions(given: Mapping[str, str], now: int) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []

    def add(condition: str, *of: Any) -> None:
        where.append(condition)
        values.extend(of)

    if statuses := _statuses(given):
        add(f"status IN ({', '.join('?' for _ in statuses)})", *statuses)
    if key := given.get("filter[idempotencyKey]"):
        add("idempotency_key_shown = ?", key)
    if text := given.get("filter[tags]"):
        tags = text.split(",")
        marks = ", ".join("?" for _ in tags)
        add(f"EXISTS (SELECT 1 FROM json_each(tags) WHERE value IN ({marks}))", *tags)
    span = parse_period(given.get("filter[createdAt][period]", ""))
    if span is not None:
        add("created_at >= ?", now - span)
    if (first := _instant(given, "from")) is not None:
        add("created_at >= ?", first)
    if (last := _instant(given, "to")) is not None:
        add("created_at <= ?", last)
    return where, values


def _statuses(given: Mapping[str, str]) -> tuple[str, ...]:
    text = given.get("filter[status]")
    if not text:
        return ()
    asked = set(text.split(","))
    if unknown := [word for word in text.split(",") if word not in _STATUSES]:
        message = f"Invalid status values: {', '.join(unknown)}"
        raise _query_error("custom", "filter[status]", message)
    if len(asked) > 1:
        asked.update(_ENDED)
    return tuple(sorted(asked))


def _instant(given: Mapping[str, str], name: str) -> int | None:
    path = f"filter[createdAt][{name}]"
    text = given.get(path)
    if text is None:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        instant = parse_date(text)
    if instant is None:
        raise _query_error("invalid_date", path, "Invalid date")
    return instant


def _query_error(code: str, path: str, message: str) -> ApiError:
    details = [{"code": code, "message": message, "path": [path]}]
    return ApiError(400, "Query Error", details=details)
