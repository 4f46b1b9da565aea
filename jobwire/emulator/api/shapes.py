"""Shapes of JSON, and their faults in the words of zod 3, which callers may know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place.

    Attributes:
        path: Empty: the whole, or the message says where.
        of_type: Whether it is a thing of another kind, not one of the kind that breaks
            a rule.
    """

    message: str
    path: Path = ()
    of_type: bool = True

    def __str__(self) -> str:
        if not self.path:
            return self.message
        place = str(self.path[0])
        for part in self.path[1:]:
            place += f"[{part}]" if isinstance(part, int) else f".{part}"
        return f'{self.message} at "{place}"'


#: Returns the faults of a value at a place; none: it has the shape.
Shape = Callable[[Any, Path], list[Fault]]

_KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def string(max_length: int | None = None, message: str | None = None) -> Shape:
    """A string, at most so long."""

    def check(value: Any, path: Path) -> list[Fault]:
        if not isinstance(value, str):
            return [_unexpected("string", value, path)]
        if max_length is not None and len(value) > max_length:
            told = message or f"String must contain at most {max_length} character(s)"
            return [Fault(told, path, of_type=False)]
        return []

    return check


def number(*, whole: bool = False, from_zero: bool = False) -> Shape:
    """A number."""

    def check(value: Any, path: Path) -> list[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [_unexpected("number", value, path)]
        faults = []
        if from_zero and value < 0:
            told = "Number must be greater than or equal to 0"
            faults.append(Fault(told, path, of_type=False))
        if whole and value != int(value):
            told = "Expected integer, received float"
            faults.append(Fault(told, path, of_type=False))
        return faults

    return check


def boolean(value: Any, path: Path) -> list[Fault]:
    """True or false."""
    return [] if isinstance(value, bool) else [_unexpected("boolean", value, path)]


def anything(_: Any, __: Path) -> list[Fault]:
    """Any JSON."""
    return []


def date(value: Any, path: Path) -> list[Fault]:
    """What JavaScript makes a date of: everything but arrays and objects."""
    return [Fault("Invalid date", path)] if isinstance(value, list | dict) else []


def word(*words: str) -> Shape:
    """One of some words."""
    expected = " | ".join(f"'{one}'" for one in words)

    def check(value: Any, path: Path) -> list[Fault]:
        if not isinstance(value, str):
            received = _KINDS[type(value)]
            return [Fault(f"Expected {expected}, received {received}", path)]
        if value not in words:
            told = f"Invalid enum value. Expected {expected}, received '{value}'"
            return [Fault(told, path)]
        return []

    return check


def array(of: Shape) -> Shape:
    """A list."""

    def check(value: Any, path: Path) -> list[Fault]:
        if not isinstance(value, list):
            return [_unexpected("array", value, path)]
        return [
            fault
            for index, one in enumerate(value)
            for fault in of(one, (*path, index))
        ]

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape]) -> Shape:
    """An object; what it holds besides is passed over, as by the real server."""

    def check(value: Any, path: Path) -> list[Fault]:
        if not isinstance(value, dict):
            return [_unexpected("object", value, path)]
        faults = []
        for name, shape in {**required, **optional}.items():
            if name in value:
                faults += shape(value[name], (*path, name))
            elif name in required:
                faults.append(Fault("Required", (*path, name)))
        return faults

    return check


def either(*shapes: Shape) -> Shape:
    """Any of some shapes."""

    def check(value: Any, path: Path) -> list[Fault]:
        tried = [shape(value, path) for shape in shapes]
        if not all(tried):
            return []
        for faults in tried:
            if not any(fault.of_type for fault in faults):
                return faults
        told = dict.fromkeys("; ".join(map(str, faults)) for faults in tried)
        return [Fault(", or ".join(told))]

    return check


def _unexpected(expected: str, value: Any, path: Path) -> Fault:
    return Fault(f"Expected {expected}, received {_KINDS[type(value)]}", path)
