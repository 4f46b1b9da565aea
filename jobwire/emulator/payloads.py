"""Payloads: how callers write them, how they are kept, and what they mean.

Source: `apps/webapp/app/runEngine/concerns/payloads.server.ts` and
`packages/core/src/v3/utils/ioSerialization.ts` of triggerdotdev/trigger.dev, read
2026-11-23.
"""

import json
import re
from typing import Any

JSON_TYPE = "application/json"
SUPER_JSON_TYPE = "application/super+json"
STORE_TYPE = "application/store"

_HALF = re.compile("[\ud800-\udfff]")
#: The separator of superjson's paths, unless it is escaped.
_DOT = re.compile(r"(?<!\\)\.")


def write_json(value: Any) -> str:
    """Write JSON as JavaScript does: without spaces, and as it is spelled.

    Half a character, which JavaScript's texts may hold, is escaped.

    Raises:
        TypeError, ValueError: It is no JSON.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def stored_payload(given: dict[str, Any], payload_type: str) -> str | None:
    """Return what is kept of the payload in a body; None: there is none.

    Plain JSON is encoded here; of any other type it must be encoded already.
    """
    if "payload" not in given:
        return None
    payload = given["payload"]
    if payload_type == JSON_TYPE:
        return write_json(payload)
    return payload if isinstance(payload, str) else None


def is_readable(data: str | None, payload_type: str) -> bool:
    """Whether retrieving can show it; what lies in an object store, it cannot."""
    return data is not None and payload_type != STORE_TYPE


def read_packet(data: str | None, payload_type: str) -> Any:
    """Return what was kept as plain JSON.

    Of superjson the types are lost: dates become texts, and what was undefined goes.
    """
    if data is None or payload_type == STORE_TYPE:
        return None
    if payload_type == JSON_TYPE:
        return _loaded(data)
    if payload_type == SUPER_JSON_TYPE:
        packet = _loaded(data)
        if not isinstance(packet, dict) or "json" not in packet:
            return packet
        _drop_undefined(packet["json"], packet.get("meta"))
        return packet["json"]
    return data


def _loaded(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data


def _drop_undefined(value: Any, meta: Any) -> None:
    values = meta.get("values") if isinstance(meta, dict) else None
    if not isinstance(values, dict):
        return
    for path, types in values.items():
        if types != ["undefined"]:
            continue
        *above, last = [part.replace("\\.", ".") for part in _DOT.split(path)]
        holder = value
        for part in above:
            holder = _member(holder, part)
        if isinstance(holder, dict):
            holder.pop(last, None)


def _member(holder: Any, part: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(part)
    if isinstance(holder, list) and part.isdigit() and int(part) < len(holder):
        return holder[int(part)]
    return None
