"""The statistics of one column, gathered value by value."""

import math
import re
from collections import Counter
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

#: How many of the most frequent values are told.
TOP = 5
#: Longer values are cut when they are told.
MAX_VALUE_LENGTH = 100

Kind = Literal["empty", "boolean", "integer", "number", "date", "datetime", "text"]

_INTEGER = re.compile(r"[+-]?\d{1,300}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BOOLEANS = frozenset({"true", "false", "yes", "no"})


class ValueCount(BaseModel):
    """A value and how often it came."""

    value: str
    count: int


class NumberProfile(BaseModel):
    """Statistics of a column of numbers; null where they exceed a float."""

    min: float
    max: float
    mean: float | None
    stddev: float | None = Field(description="Of the population.")


class ColumnProfile(BaseModel):
    """What one column holds."""

    name: str
    type: Kind = Field(description="The narrowest type that every value fits.")
    count: int = Field(description="Values that are not empty.")
    empty: int
    distinct: int = Field(description="Distinct values, as far as they were counted.")
    distinct_is_exact: bool = Field(
        description="False: there were more distinct values than are remembered."
    )
    shortest: int | None = Field(description="Characters of the shortest value.")
    longest: int | None
    most_frequent: list[ValueCount] = Field(description="At most five.")
    numbers: NumberProfile | None = Field(description="Null unless all are numbers.")


class Column:
    """Gathers the statistics of one column in bounded memory.

    Args:
        name: As in the header; an empty one becomes "column 3".
        position: From 1.
        limit: How many distinct values it remembers.
    """

    def __init__(self, name: str, position: int, limit: int) -> None:
        self._name = _printable(name.strip()) or f"column {position}"
        self._limit = limit
        self._kinds: set[Kind] = set()
        self._count = self._empty = 0
        self._values: Counter[str] = Counter()
        self._is_exact = True
        self._shortest: int | None = None
        self._longest: int | None = None
        self._numbers = _Numbers()

    def add(self, raw: str) -> None:
        """Take in one value."""
        value = raw.strip()
        if not value:
            self._empty += 1
            return
        self._count += 1
        length = len(value)
        if self._shortest is None or length < self._shortest:
            self._shortest = length
        if self._longest is None or length > self._longest:
            self._longest = length
        kind = _kind(value)
        self._kinds.add(kind)
        if kind in ("integer", "number"):
            self._numbers.add(float(value))
        told = _printable(value)
        if told in self._values or len(self._values) < self._limit:
            self._values[told] += 1
        else:
            self._is_exact = False

    def profile(self) -> ColumnProfile:
        """Return what was gathered."""
        kind = _common(self._kinds)
        return ColumnProfile(
            name=self._name,
            type=kind,
            count=self._count,
            empty=self._empty,
            distinct=len(self._values),
            distinct_is_exact=self._is_exact,
            shortest=self._shortest,
            longest=self._longest,
            most_frequent=[
                ValueCount(value=value, count=count)
                for value, count in self._values.most_common(TOP)
            ],
            numbers=(
                self._numbers.profile() if kind in ("integer", "number") else None
            ),
        )


class _Numbers:
    """Welford's algorithm: one pass, and no loss by cancelling large sums."""

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._squares = 0.0
        self._min, self._max = math.inf, -math.inf

    def add(self, value: float) -> None:
        self._count += 1
        self._min = min(self._min, value)
        self._max = max(self._max, value)
        before = value - self._mean
        self._mean += before / self._count
        self._squares += before * (value - self._mean)

    def profile(self) -> NumberProfile:
        variance = self._squares / self._count
        return NumberProfile(
            min=self._min,
            max=self._max,
            mean=_finite(self._mean),
            stddev=_finite(math.sqrt(variance) if variance >= 0 else math.nan),
        )


def _kind(value: str) -> Kind:
    if _INTEGER.fullmatch(value):
        return "integer"
    if _NUMBER.fullmatch(value) and math.isfinite(float(value)):
        return "number"
    if value.lower() in _BOOLEANS:
        return "boolean"
    try:
        if _DATE.fullmatch(value):
            date.fromisoformat(value)
            return "date"
        if _DATE.match(value):
            datetime.fromisoformat(value)
            return "datetime"
    except ValueError:
        pass
    return "text"


def _common(kinds: set[Kind]) -> Kind:
    if not kinds:
        return "empty"
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds <= {"integer", "number"}:
        return "number"
    if kinds <= {"date", "datetime"}:
        return "datetime"
    return "text"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _printable(value: str) -> str:
    return value.replace("\0", "\ufffd")[:MAX_VALUE_LENGTH]
