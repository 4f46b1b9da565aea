"""The query of a list: what it may say, and the faults that it is told.

Source: `ApiRunListPresenter.server.ts` of triggerdotdev/trigger.dev, read 2026-11-23,
and answers of a real server 4.5.12.
"""

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobwire.emulator.api.machines import MACHINES
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.durations import LAST_INSTANT, parse_date, parse_period
from jobwire.emulator.statuses import FILTERS, RunStatus

_DEFAULT_SIZE = 25
_MAX_SIZE = 100
_WEEK_MS = 7 * 24 * 60 * 60 * 1000
_FLAGS = ("true", "false")
#: A filter on what no run of this server has.
_FOREIGN = ("error",)


@dataclass(frozen=True)
class Cursor:
    """The place of a run in the order of lists; of old cursors only the id is known."""

    created_at: int | None
    run_id: str

    def encode(self) -> str:
        """Write it for callers, who cannot look inside."""
        text = json.dumps({"c": self.created_at, "r": self.run_id.removeprefix("run_")})
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read one; what is none is taken for the id of a run, as on their server."""
        try:
            value = json.loads(base64.urlsafe_b64decode(text + "=="))
            return cls(int(value["c"]), f"run_{value['r']}")
        except (ValueError, TypeError, KeyError):
            return cls(None, text)


@dataclass(frozen=True)
class ListQuery:
    """What a caller wants to see.

    Attributes:
        statuses: None: any; so are the others.
        first: The oldest instant of creation, in milliseconds since 1970, inclusive.
        last: The newest one, inclusive.
        nothing: Whether no run of this server can match.
    """

    size: int
    after: Cursor | None
    before: Cursor | None
    statuses: tuple[RunStatus, ...] | None
    tasks: tuple[str, ...] | None
    tags: tuple[str, ...] | None
    versions: tuple[str, ...] | None
    queues: tuple[str, ...] | None
    machines: tuple[str, ...] | None
    regions: tuple[str, ...] | None
    is_test: bool | None
    schedule: str | None
    batch: str | None
    bulk_action: str | None
    first: int | None
    last: int | None
    nothing: bool


def read_list_query(given: Mapping[str, str], *, now: int) -> ListQuery:
    """Understand a query; without any instant it is about the last seven days.

    Raises:
        ApiError: 400, with every fault.
    """
    faults: list[dict[str, Any]] = []
    size = _size(given.get("page[size]"), faults)
    statuses = _statuses(_words(given, "status"), faults)
    machines = _words(given, "machine")
    if unknown := [one for one in machines or () if one not in MACHINES]:
        faults.append(
            _custom("machine", f"Invalid machine values: {', '.join(unknown)}")
        )
    is_test = given.get("filter[isTest]")
    if is_test is not None and is_test not in _FLAGS:
        faults.append(_wrong_flag(is_test))
    first, last = _window(given, now, faults)
    if faults:
        raise ApiError(400, "Query Error", details=faults)
    after, before = given.get("page[after]"), given.get("page[before]")
    return ListQuery(
        size=size,
        after=Cursor.decode(after) if after and not before else None,
        before=Cursor.decode(before) if before else None,
        statuses=statuses,
        tasks=_words(given, "taskIdentifier"),
        tags=_words(given, "tag"),
        versions=_words(given, "version"),
        queues=_words(given, "queue"),
        machines=machines,
        regions=_words(given, "region"),
        is_test=None if is_test is None else is_test == "true",
        schedule=given.get("filter[schedule]") or None,
        batch=given.get("filter[batch]") or None,
        bulk_action=given.get("filter[bulkAction]") or None,
        first=first,
        last=last,
        nothing=any(given.get(f"filter[{name}]") for name in _FOREIGN),
    )


def read_size(given: Mapping[str, str]) -> int:
    """Understand how long a page of another list shall be.

    Raises:
        ApiError: 400, with every fault.
    """
    faults: list[dict[str, Any]] = []
    size = _size(given.get("page[size]"), faults)
    if faults:
        raise ApiError(400, "Query Error", details=faults)
    return size


def _words(given: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    text = given.get(f"filter[{name}]")
    return tuple(text.split(",")) if text else None


def _size(text: str | None, faults: list[dict[str, Any]]) -> int:
    if text is None:
        return _DEFAULT_SIZE
    path = ["page[size]"]
    number = _number(text)
    if math.isnan(number):
        received = "Expected number, received nan"
        faults.append(_wrong_type("number", "nan", received, path))
        return _DEFAULT_SIZE
    if not number.is_integer():
        received = "Expected integer, received float"
        faults.append(_wrong_type("integer", "float", received, path))
    if number <= 0:
        faults.append(_bound("too_small", "minimum", 0, inclusive=False))
    if number < 1:
        faults.append(_bound("too_small", "minimum", 1, inclusive=True))
    if number > _MAX_SIZE:
        faults.append(_bound("too_big", "maximum", _MAX_SIZE, inclusive=True))
    return _DEFAULT_SIZE if faults else int(number)


def _number(text: str) -> float:
    """Read a number as JavaScript does: an empty text is 0, and what is none is NaN."""
    try:
        return float(text or 0)
    except ValueError:
        return math.nan


def _statuses(
    words: tuple[str, ...] | None, faults: list[dict[str, Any]]
) -> tuple[RunStatus, ...] | None:
    if words is None:
        return None
    if unknown := [word for word in words if word not in FILTERS]:
        message = f"Invalid status values: {', '.join(unknown)}"
        faults.append(_custom("status", message))
    found = (FILTERS.get(word) for word in words)
    return tuple(status for status in found if status is not None)


def _window(
    given: Mapping[str, str], now: int, faults: list[dict[str, Any]]
) -> tuple[int | None, int | None]:
    first = _instant(given, "from", faults)
    last = _instant(given, "to", faults)
    span = parse_period(given.get("filter[createdAt][period]", ""))
    if span is not None:
        return now - span, None
    if first is None and last is None:
        return now - _WEEK_MS, None
    return first, None if last is None else min(last, now)


def _instant(
    given: Mapping[str, str], name: str, faults: list[dict[str, Any]]
) -> int | None:
    path = f"filter[createdAt][{name}]"
    text = given.get(path)
    if text is None:
        return None
    number = _number(text)
    instant = parse_date(text) if math.isnan(number) else number
    if instant is None or abs(instant) > LAST_INSTANT:
        fault = {"code": "invalid_date", "path": [path], "message": "Invalid date"}
        faults.append(fault)
        return None
    return int(instant)


def _custom(name: str, message: str) -> dict[str, Any]:
    return {"code": "custom", "message": message, "path": [f"filter[{name}]"]}


def _wrong_type(
    expected: str, received: str, message: str, path: list[str]
) -> dict[str, Any]:
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": path,
        "message": message,
    }


def _wrong_flag(received: str) -> dict[str, Any]:
    return {
        "received": received,
        "code": "invalid_enum_value",
        "options": list(_FLAGS),
        "path": ["filter[isTest]"],
        "message": "Invalid enum value. Expected 'true' | 'false', received"
        f" '{received}'",
    }


def _bound(code: str, name: str, bound: int, *, inclusive: bool) -> dict[str, Any]:
    side = "less" if name == "maximum" else "greater"
    return {
        "code": code,
        name: bound,
        "type": "number",
        "inclusive": inclusive,
        "exact": False,
        "message": f"Number must be {side} than"
        f" {'or equal to ' if inclusive else ''}{bound}",
        "path": ["page[size]"],
    }
