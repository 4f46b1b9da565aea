"""Changes to the metadata of a run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobwire.triggerdev.errors import InvalidOptionError, MalformedResponseError
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.trigger_options import MAX_METADATA_BYTES

#: Segments that the server refuses, because of what they mean in JavaScript.
_FORBIDDEN = frozenset({"__proto__", "constructor", "prototype"})


@dataclass(frozen=True, slots=True)
class MetadataOperation:
    """One change to metadata; make it by one of the class methods.

    A key is a name, or a path such as `$.steps[0].done`.

    Attributes:
        type: The server's word for what is done.
        key: None: the change is to the whole.
        value: JSON.
    """

    type: str
    key: str | None = None
    value: Any = None

    @classmethod
    def set(cls, key: str, value: Any) -> "MetadataOperation":
        """Put a value in place of whatever the key has."""
        return cls("set", _checked(key), value)

    @classmethod
    def delete(cls, key: str) -> "MetadataOperation":
        """Take the key away."""
        return cls("delete", _checked(key))

    @classmethod
    def append(cls, key: str, value: Any) -> "MetadataOperation":
        """Add a value to the list that the key has, or begin one."""
        return cls("append", _checked(key), value)

    @classmethod
    def remove(cls, key: str, value: Any) -> "MetadataOperation":
        """Take a value out of the list that the key has."""
        return cls("remove", _checked(key), value)

    @classmethod
    def increment(cls, key: str, by: float) -> "MetadataOperation":
        """Add a number, which may be negative, to the one that the key has."""
        return cls("increment", _checked(key), by)

    @classmethod
    def update(cls, values: dict[str, Any]) -> "MetadataOperation":
        """Put an object in place of all metadata."""
        return cls("update", None, values)

    def to_json(self) -> dict[str, Any]:
        """Write it as the API takes it."""
        written: dict[str, Any] = {"type": self.type}
        if self.key is not None:
            written["key"] = self.key
        if self.type != "delete":
            written["value"] = self.value
        return written


def metadata_body(
    metadata: Mapping[str, Any] | None,
    operations: Sequence[MetadataOperation],
    parent_operations: Sequence[MetadataOperation],
    root_operations: Sequence[MetadataOperation],
) -> dict[str, Any]:
    """Write the request of a change.

    Raises:
        InvalidOptionError: There is nothing to change, or more than can be stored.
    """
    body: dict[str, Any] = {}
    if metadata is not None:
        size = len(encode("metadata", dict(metadata)))
        if size > MAX_METADATA_BYTES:
            must = f"have at most {MAX_METADATA_BYTES:,} bytes, not {size:,}"
            raise InvalidOptionError("metadata", must)
        body["metadata"] = dict(metadata)
    named = {
        "operations": operations,
        "parentOperations": parent_operations,
        "rootOperations": root_operations,
    }
    body |= {
        name: [one.to_json() for one in several]
        for name, several in named.items()
        if several
    }
    if not body:
        raise InvalidOptionError("metadata", "be given, or some operations")
    return body


def read_metadata(value: object) -> dict[str, Any] | None:
    """Read metadata, which one route tells as an object and another as its text.

    Raises:
        MalformedResponseError: They are neither.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise MalformedResponseError("The metadata are not JSON.") from error
    if value is None or isinstance(value, dict):
        return value
    raise MalformedResponseError("The metadata are not an object.")


def _checked(key: str) -> str:
    segments = set(key.removeprefix("$.").replace("[", ".").split("."))
    if not key or segments & _FORBIDDEN:
        raise InvalidOptionError("key", f"be the name or path of a value, not {key!r}")
    return key
