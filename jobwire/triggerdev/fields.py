"""Reading foreign JSON field by field: tolerant of absence, strict about shape."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Refuse = Callable[[str], Exception]


class Fields:
    """A JSON object whose fields are asked for by name and type.

    Null is as good as absent, and fields that nobody asks for may be anything. What
    has another type than asked for is refused with an error that names the field.
    """

    def __init__(self, value: object, what: str, *, refuse: Refuse) -> None:
        """Look into a value.

        Args:
            value: What should be an object.
            what: How messages call it, such as "the run".
            refuse: Makes the error that is raised out of a message.
        """
        self._what = what
        self._refuse = refuse
        if not isinstance(value, Mapping):
            raise refuse(f"{what} must be an object, not {_kind(value)}.")
        self._values: Mapping[str, Any] = value

    def whole(self) -> dict[str, Any]:
        """Return the object as it came, with all that nobody asks for."""
        return dict(self._values)

    def any(self, name: str) -> Any:
        """Return whatever the field holds; None when absent."""
        return self._values.get(name)

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None."""
        value = self.any(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "text")

    def text(self, name: str) -> str:
        """Return a text that must be there and not be empty."""
        return self.optional_text(name) or self._missing(name, "text")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty when absent."""
        value = self.any(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(one, str) for one in value
        ):
            raise self._wrong(name, "a list of texts")
        return tuple(value)

    def flag(self, name: str) -> bool:
        """Return a boolean; false when absent."""
        value = self.any(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._wrong(name, "true or false")

    def count(self, name: str) -> int:
        """Return a whole number from 0 on; 0 when absent."""
        value = self.any(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(name, "a whole number from 0 on")
        return value

    def number(self, name: str) -> float:
        """Return a number; 0 when absent."""
        value = self.any(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "a number")
        # Python reads NaN and Infinity, which are no JSON, and 1e309 as infinity.
        if isinstance(value, float) and not math.isfinite(value):
            raise self._refuse(f"{name} of {self._what} must be a finite number.")
        return value

    def span(self, name: str, *, per_second: int) -> timedelta:
        """Return a span of time, told as a number; zero when absent.

        Args:
            name: The field.
            per_second: How many of what is told are a second.
        """
        try:
            return timedelta(seconds=self.number(name) / per_second)
        except OverflowError:
            message = (
                f"{name} of {self._what} must be a span of a billion days at most."
            )
            raise self._refuse(message) from None

    def optional_time(self, name: str) -> datetime | None:
        """Return an instant in UTC; it is told in ISO 8601 or milliseconds of Unix."""
        value = self.any(name)
        if value is None:
            return None
        try:
            return _instant(value)
        except (ValueError, OverflowError, TypeError):
            raise self._wrong(name, "a date") from None

    def time(self, name: str) -> datetime:
        """Return an instant in UTC that must be there."""
        return self.optional_time(name) or self._missing(name, "a date")

    def optional_object(self, name: str) -> "Self | None":
        """Return the object in a field, to be read in turn; None when absent."""
        value = self.any(name)
        if value is None:
            return None
        return type(self)(value, f"{name} of {self._what}", refuse=self._refuse)

    def object(self, name: str) -> "Self":
        """Return the object in a field that must be there."""
        return self.optional_object(name) or self._missing(name, "an object")

    def objects(self, name: str) -> "list[Self]":
        """Return the objects of a list that must be there."""
        values = self.any(name)
        if not isinstance(values, list):
            raise self._wrong(name, "a list")
        each = f"each of {name} of {self._what}"
        return [type(self)(value, each, refuse=self._refuse) for value in values]

    def optional_objects(self, name: str) -> "list[Self]":
        """Return the objects of a list; empty when absent."""
        return [] if self.any(name) is None else self.objects(name)

    def _missing(self, name: str, expected: str) -> Any:
        raise self._refuse(f"{name} of {self._what} must be {expected}; it is missing.")

    def _wrong(self, name: str, expected: str) -> Exception:
        found = _kind(self.any(name))
        return self._refuse(f"{name} of {self._what} must be {expected}, not {found}.")


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return EPOCH + timedelta(milliseconds=value)


def _kind(value: object) -> str:
    """Name the type of a value; messages must not repeat what it holds."""
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "a boolean"),
        (str, "a text"),
        (list, "a list"),
        (Mapping, "an object"),
    )
    return next((word for kind, word in kinds if isinstance(value, kind)), "a number")
