"""Faults as the control API reads and shows them: camelCase, with `kind`."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from jobwire.emulator.errors import FaultError
from jobwire.emulator.faults import (
    ActiveFault,
    Answer,
    CorruptWebhook,
    Crash,
    DelayWebhook,
    Drop,
    DuplicateWebhook,
    Fault,
    LagList,
    LoseWebhook,
    ReorderWebhook,
    Slow,
    StopTicking,
)

KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        Answer,
        Slow,
        Drop,
        Crash,
        StopTicking,
        LagList,
        LoseWebhook,
        DelayWebhook,
        DuplicateWebhook,
        ReorderWebhook,
        CorruptWebhook,
    )
}


def read_fault(body: Any) -> Fault:
    """Make the fault that an object describes.

    Raises:
        FaultError: It describes none.
    """
    if not isinstance(body, dict):
        raise FaultError("a fault must be an object")
    kind = KINDS.get(str(body.get("kind")))
    if kind is None:
        raise FaultError(f"kind must be one of {', '.join(KINDS)}")
    members = dict(_members(kind))
    unknown = body.keys() - members.keys() - {"kind"}
    if unknown:
        raise FaultError(f"{kind.kind} has no {', '.join(sorted(unknown))}")
    given: dict[str, Any] = {}
    for name, (attribute, type, is_required) in members.items():
        if name in body:
            if not _is(body[name], type):
                raise FaultError(f"{name} must be {_words(type)}")
            given[attribute] = body[name]
        elif is_required:
            raise FaultError(f"{kind.kind} needs {name}")
    return kind(**given)


def show_fault(active: ActiveFault) -> dict[str, Any]:
    """Return a fault with its id, how often it happened and how often it still will."""
    shown = {
        name: getattr(active.fault, attribute)
        for name, (attribute, _, _) in _members(type(active.fault))
    }
    return {
        "id": active.id,
        "kind": active.fault.kind,
        **{name: value for name, value in shown.items() if value is not None},
        "used": active.used,
        **({} if active.left is None else {"left": active.left}),
    }


def _members(kind: type[Fault]) -> Iterator[tuple[str, tuple[str, Any, bool]]]:
    """Yield what a fault of a kind has: its name there, here, type, and if it must."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        if hints[field.name] is NoneType:
            continue
        first, *others = field.name.split("_")
        name = first + "".join(map(str.capitalize, others))
        yield name, (field.name, hints[field.name], field.default is MISSING)


def _is(value: Any, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_args(hint):
        return any(_is(value, one) for one in get_args(hint))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _words(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return " or ".join(map(str, get_args(hint)))
    names = {
        int: "a whole number",
        float: "a number",
        str: "a text",
        bool: "true or false",
    }
    if hint in names:
        return names[hint]
    return " or ".join(_words(one) for one in get_args(hint) if one is not NoneType)
