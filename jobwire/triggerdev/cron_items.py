"""What the fields of accepted cron expressions list, for telling it in words."""

from collections.abc import Iterable
from typing import NamedTuple, Self


class Item(NamedTuple):
    """An item: a value, or a span with its step.

    Attributes:
        first: None: from the lowest to the highest value.
        last: None: the value alone or, with a step, to the highest one.
        step: None: every one.
    """

    first: str | None
    last: str | None = None
    step: str | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read one that has been accepted."""
        span, _, step = text.partition("/")
        every = plain_number(step) if step else None
        if span in {"*", "?"}:
            return cls(None, None, None if every == "1" else every)
        first, _, last = span.partition("-")
        if last and every == "1":
            every = None
        return cls(plain_number(first), plain_number(last) or None, every)


def read_items(text: str) -> list[Item]:
    """Read a field; nothing if it leaves out no value."""
    items = [Item.read(part) for part in text.split(",")]
    return [] if Item(None) in items else [*dict.fromkeys(items)]


def are_single(items: Iterable[Item]) -> bool:
    """Tell whether all are values, and none is a span."""
    return all(item == Item(item.first) and item.first for item in items)


def firsts(items: Iterable[Item]) -> list[str]:
    """Return the values that items are, or begin with."""
    return [item.first for item in items if item.first is not None]


def plain_number(text: str) -> str:
    """Leave out zeros that lead a number."""
    return text.lstrip("0") or "0" if text.isdecimal() else text
