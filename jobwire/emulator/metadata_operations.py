"""Operations on metadata: the six that the API knows, on a copy.

Source: `packages/core/src/v3/runMetadata/operations.ts` of triggerdotdev/trigger.dev,
read 2026-11-26.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PATH_PART = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_FORBIDDEN = frozenset({"__proto__", "constructor", "prototype"})


def apply(
    metadata: Mapping[str, Any] | None, operations: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the metadata after some operations; one that cannot be done is skipped."""
    changed: dict[str, Any] = copy.deepcopy(dict(metadata or {}))
    for operation in operations:
        if operation["type"] == "update":
            changed = copy.deepcopy(operation["value"])
            continue
        path = _path(operation["key"])
        if path is not None:
            _apply_at(changed, path, operation)
    return changed


def _path(key: str) -> list[str | int] | None:
    """Return the parts of a key; None: it must not be followed."""
    if not key.startswith("$."):
        return None if key in _FORBIDDEN else [key]
    parts: list[str | int] = [
        name or int(index) for name, index in _PATH_PART.findall(key[1:])
    ]
    return None if not parts or _FORBIDDEN & set(parts) else parts


def _apply_at(holder: Any, path: list[str | int], operation: Mapping[str, Any]) -> None:
    *above, last = path
    for part in above:
        found = _get(holder, part)
        if not isinstance(found, dict | list):
            if operation["type"] in {"delete", "remove"}:
                return
            found = {}
            _put(holder, part, found)
        holder = found
    if operation["type"] == "delete":
        if isinstance(holder, dict):
            holder.pop(last, None)
        return
    _put(holder, last, _changed(_get(holder, last), operation))


def _changed(now: Any, operation: Mapping[str, Any]) -> Any:
    """Return a value after an operation that puts one."""
    value = operation["value"]
    match operation["type"]:
        case "append":
            return [*now, value] if isinstance(now, list) else [value]
        case "remove":
            return (
                [one for one in now if one != value] if isinstance(now, list) else now
            )
        case "increment":
            return value + (now if isinstance(now, int | float) else 0)
        case _:
            return value


def _get(holder: Any, part: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(part)
    if isinstance(holder, list) and isinstance(part, int) and part < len(holder):
        return holder[part]
    return None


def _put(holder: Any, part: str | int, value: Any) -> None:
    if isinstance(holder, dict):
        holder[str(part)] = value
    elif isinstance(part, int) and part < len(holder):
        holder[part] = value
    elif isinstance(part, int):
        holder.append(value)
