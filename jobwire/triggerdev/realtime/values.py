"""The values of the feed: Postgres' text, read by the types that the schema names."""

import json
from collections.abc import Mapping
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError

_WHOLE = frozenset({"int2", "int4", "int8"})
_FLOATS = frozenset({"float4", "float8", "numeric"})
_JSON = frozenset({"json", "jsonb"})


def read_schema(text: str | None) -> Mapping[str, Any]:
    """Read the header `electric-schema`.

    Raises:
        MalformedResponseError: It is missing, or no object.
    """
    try:
        schema = json.loads(text or "")
    except (ValueError, RecursionError):
        schema = None
    if not isinstance(schema, dict):
        raise MalformedResponseError("The feed does not tell the types of its columns.")
    return schema


def read_value(text: object, column: str, schema: Mapping[str, Any]) -> Any:
    """Read one value; of a type that is not known it stays text, so do instants.

    Raises:
        MalformedResponseError: It is not of its type.
    """
    if not isinstance(text, str):
        return text
    told = schema.get(column)
    told = told if isinstance(told, dict) else {}
    kind = str(told.get("type", "text"))
    try:
        if told.get("dims"):
            return [_scalar(one, kind) for one in read_array(text)]
        return _scalar(text, kind)
    except (ValueError, RecursionError) as error:
        raise MalformedResponseError(f"{column} of the feed is not {kind}.") from error


def read_array(text: str) -> list[str | None]:
    r"""Read a flat array as Postgres writes it: `{a,"b c","d\"e",NULL}`.

    Raises:
        ValueError: It is none.
    """
    if not (text.startswith("{") and text.endswith("}")):
        raise ValueError
    found: list[str | None] = []
    place, end = 1, len(text) - 1
    while place < end:
        item, place = _quoted(text, place) if text[place] == '"' else _bare(text, place)
        found.append(item)
        if place < end and text[place] != ",":
            raise ValueError
        place += 1
    return found


def _quoted(text: str, place: int) -> tuple[str, int]:
    letters: list[str] = []
    place += 1
    while place < len(text) - 1 and text[place] != '"':
        if text[place] == "\\":
            place += 1
        letters.append(text[place])
        place += 1
    if place >= len(text) - 1:
        raise ValueError
    return "".join(letters), place + 1


def _bare(text: str, place: int) -> tuple[str | None, int]:
    end = text.find(",", place)
    end = len(text) - 1 if end < 0 else end
    item = text[place:end]
    return (None if item.upper() == "NULL" else item), end


def _scalar(text: str | None, kind: str) -> Any:
    if text is None:
        return None
    if kind == "bool":
        if text not in {"t", "f", "true", "false"}:
            raise ValueError
        return text[0] == "t"
    if kind in _WHOLE:
        return int(text)
    if kind in _FLOATS:
        return float(text)
    return json.loads(text) if kind in _JSON else text
