"""The items of a batch as they arrive: one JSON on each line."""

import json
from typing import Any

from starlette.requests import Request

from jobwire.emulator.api.bodies import read_json
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.shapes import anything, number, record, string
from jobwire.emulator.api.trigger_body import MAX_BODY_BYTES, OPTIONS
from jobwire.emulator.batches import Item

_TYPES = ("application/x-ndjson", "application/ndjson")
_ITEM = record(
    {"index": number(whole=True, from_zero=True), "task": string()},
    {"payload": anything, "options": OPTIONS},
)


async def read_items(request: Request) -> list[Item]:
    """Read all lines.

    Raises:
        ApiError: 415; 400 for what is no JSON; 422 for what is no item.
    """
    given = request.headers.get("content-type", "")
    if not any(one in given for one in _TYPES):
        raise ApiError(
            415,
            "Content-Type must be application/x-ndjson or application/ndjson",
        )
    lines = (await request.body()).split(b"\n")
    return [_item(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _item(line_number: int, line: bytes) -> Item:
    value = read_json(line)
    if value is None:
        raise ApiError(400, f"Invalid JSON at line {line_number}")
    if len(line) > MAX_BODY_BYTES and isinstance(value, dict):
        return Item(value.get("index", 0), str(value.get("task")), None)
    if faults := _ITEM(value, ()):
        place = value.get("index") if isinstance(value, dict) else line_number
        told = "; ".join(map(str, faults))
        raise ApiError(422, f"Invalid item at index {json.dumps(place)}: {told}")
    body: dict[str, Any] = {
        name: value[name] for name in ("payload", "options") if name in value
    }
    return Item(value["index"], value["task"], body)
