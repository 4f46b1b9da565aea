"""Writers of values, made of writers of what they consist of."""

from collections.abc import Callable, Mapping
from typing import Any

from jobwire.gql.documents.plans.answer import Answer, Load, Write
from jobwire.gql.documents.plans.leaves import ToText
from jobwire.gql.documents.plans.resolving import Resolve, is_awaitable
from jobwire.gql.documents.plans.unplanned import Unplanned

_NULL = "a null where there must be none"


def leaf(text: ToText, *, is_required: bool) -> Write:
    """Write scalars and enums, which most values are: in one step."""

    def write_leaf(value: Any, answer: Answer) -> None:
        if value is not None:
            answer.pieces.append(text(value))
        elif is_required:
            raise Unplanned(_NULL)
        else:
            answer.pieces.append("null")

    return write_leaf


def required(write: Write) -> Write:
    """Write what must not be null; where it is, only the executor knows the answer."""

    def write_required(value: Any, answer: Answer) -> None:
        if value is None:
            raise Unplanned(_NULL)
        write(value, answer)

    return write_required


def nullable(write: Write) -> Write:
    """Write what may be null."""

    def write_nullable(value: Any, answer: Answer) -> None:
        if value is None:
            answer.pieces.append("null")
        else:
            write(value, answer)

    return write_nullable


def items(write: Write) -> Write:
    """Write a list."""

    def write_items(values: Any, answer: Answer) -> None:
        if not isinstance(values, list | tuple):
            raise Unplanned("a list that is none")
        mark = "["
        for value in values:
            answer.pieces.append(mark)
            write(value, answer)
            mark = ","
        answer.pieces.append("]" if values else "[]")

    return write_items


def by_class(writers: Mapping[type, Write]) -> Write:
    """Write objects, each as its class is written."""

    def write(value: Any, answer: Answer) -> None:
        writer = writers.get(type(value))
        if writer is None:
            raise Unplanned("an object of another class")
        writer(value, answer)

    return write


def members(written: list[Write]) -> Write:
    """Write an object by its members, each with its label."""

    def write(value: Any, answer: Answer) -> None:
        for member in written:
            member(value, answer)
        answer.pieces.append("}")

    return write


def constant(text: str) -> Write:
    """Write the same text, whatever the value."""
    return lambda _, answer: answer.pieces.append(text)


def read_member(label: str, read: Callable[[Any], Any], write: Write) -> Write:
    """Write a member whose value is there."""

    def member(value: Any, answer: Answer) -> None:
        answer.pieces.append(label)
        write(read(value), answer)

    return member


def resolved_member(label: str, resolve: Resolve, write: Write) -> Write:
    """Write a member whose value is made by code, and may have to be awaited."""

    def member(value: Any, answer: Answer) -> None:
        answer.pieces.append(label)
        found = resolve(answer.run, value)
        if is_awaitable(found):
            answer.leave(found, write)
        else:
            write(found, answer)

    return member


def loaded_member(label: str, load: Load, write: Write) -> Write:
    """Write a member whose value is loaded for all objects at once."""

    def member(value: Any, answer: Answer) -> None:
        answer.pieces.append(label)
        answer.leave_together(load, value, write)

    return member
