"""The statements that read ranges of jobs, as all filters of a shape have them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import Any
from uuid import UUID

from jobwire.jobs.job_indexes import (
    COLUMNS,
    NAMES,
    Asked,
    Index,
    Shape,
    Way,
    alternatives_of,
    ways_of,
)
from jobwire.jobs.looking import look

#: Shapes whose statements are kept; they take a kilobyte mostly, 100 at most.
_MAX_KEPT = 128
#: Parameters that all statements have: the least id, and what all ids are less than.
_LOW, _HIGH = "$1::uuid", "$2::uuid"
_PARAMETER = re.compile(r"\$([0-9]+)")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Statement:
    """Selects jobs, to stand in the FROM of another; all filters of a shape have it.

    It has the columns of `worker_jobs` and `is_cut`: a row where that is true stands
    for all behind it, which were not looked at. Its first two parameters are the bounds
    of the ids, `_LOW` and `_HIGH`.

    Attributes:
        sql: The statement.
        ids: The same of the columns `id` and `is_cut` alone.
        listed: Members whose alternatives are the next parameters, an array for each.
        ranged: Members of which each combination of alternatives is a range; its values
            are the parameters behind those.
        kinds: The types of the parameters if each is a single value; else nothing.
        is_bounded: Whether it looks at so many jobs at most, and may be cut.
    """

    sql: str
    ids: str
    listed: Sequence[str] = ()
    ranged: Sequence[str] = ()
    kinds: Sequence[str] = ()
    is_bounded: bool = False

    def sql_of(self, row: str) -> str:
        """Write it with the columns of a row, `v1` and so on, for its parameters."""
        return _PARAMETER.sub(rf"{row}.v\1", self.sql)

    def values(self, asked: Asked, low: UUID, high: UUID) -> list[Any]:
        """Return the values of its parameters for what a filter of the shape asks."""
        values: list[Any] = [low, high, *[list(asked[one]) for one in self.listed]]
        for given in product(*[alternatives_of(one, asked) for one in self.ranged]):
            values += given
        return values


@lru_cache(maxsize=_MAX_KEPT)
def statements_of(
    shape: Shape, limit: int, direction: str, above: str, looks: tuple[int, ...]
) -> list[Statement]:
    """Write the statements of a shape; without looks the first one, and unbounded."""
    writer = _Writer(shape, limit, direction, above)
    ways = ways_of(shape)
    if not looks or ways[0].answers.issuperset(writer.asked):
        return [writer.statement(ways[0])]
    return [writer.statement(way, looks=most) for most in looks for way in ways]


class _Writer:
    """Writes the statements of a shape."""

    def __init__(self, shape: Shape, limit: int, direction: str, above: str) -> None:
        self.asked = shape.members
        self._limit = limit
        self._direction = direction
        self._above = above

    def statement(self, way: Way, *, looks: int | None = None) -> Statement:
        """Write one; it looks at so many jobs at most, or at as many as it takes."""
        named = [member for member in NAMES if member in self.asked][:1]
        rest = [one for one in self.asked if one not in (named or way.answers)]
        listed = [*named, *rest]
        conditions = {
            member: _condition(member, f"${place}")
            for place, member in enumerate(listed, start=3)
        }
        wanted = " AND ".join(
            ("deleted_at IS NULL", *(conditions[one] for one in rest))
        )
        written = partial(Statement, listed=listed, is_bounded=looks is not None)
        if named:
            sql = self._first(self._named(conditions[named[0]], wanted))
            return written(sql=sql, ids=_ids_of(sql))
        ranged = tuple(way.index.columns)
        kinds = [COLUMNS[member][1] for member in ranged] * way.ranges
        written = partial(
            written, ranged=ranged, kinds=() if listed else ("uuid", "uuid", *kinds)
        )
        each = looks and max(looks // way.ranges, self._limit)
        width, first = len(ranged), len(listed) + 3
        ranges = [
            self._range(way.index, first + number * width)
            for number in range(way.ranges)
        ]
        take = partial(look, wanted=wanted, limit=self._limit, looks=each)
        if len(ranges) == 1:
            sql = take(ranges[0])
            return written(sql=sql, ids=_ids_of(sql))
        # Most of what is taken of several ranges is shown on a later page: of that only
        # ids are. The lateral row is looked up by its id, whatever the statistics say.
        ids = self._first(*[take(one, columns="id") for one in ranges])
        sql = (
            f"SELECT j.*, first.is_cut FROM ({ids}) AS first CROSS JOIN LATERAL"
            " (SELECT * FROM worker_jobs WHERE id = first.id OFFSET 0) AS j"
        )
        return written(sql=sql, ids=ids)

    def _first(self, *parts: str) -> str:
        """Write the first jobs of several statements."""
        return (
            f"SELECT * FROM (({') UNION ALL ('.join(parts)})) AS parts"
            f" ORDER BY id {self._direction} LIMIT {self._limit}"
        )

    def _range(self, index: Index, first: int) -> str:
        """Write the jobs of some values in the order of their index.

        Args:
            index: The index.
            first: The number of the parameter of its first column.
        """
        given = [
            f"${place}::{COLUMNS[member][1]}"
            for place, member in enumerate(index.columns, start=first)
        ]
        columns = [*index.columns.values(), "id"]
        compared = ", ".join(columns)
        lowest, highest = ", ".join((*given, _LOW)), ", ".join((*given, _HIGH))
        order = ", ".join(f"{one} {self._direction}" for one in columns)
        condition = f" AND {index.condition}" if index.condition else ""
        return (
            f"SELECT * FROM worker_jobs WHERE ({compared}) {self._above} ({lowest})"
            f" AND ({compared}) < ({highest}){condition} ORDER BY {order}"
        )

    def _named(self, names: str, wanted: str) -> str:
        """Write the jobs that are named one by one."""
        return (
            f"SELECT *, false AS is_cut FROM (SELECT * FROM worker_jobs"
            f" WHERE {names} OFFSET 0) AS fenced"
            f" WHERE id {self._above} {_LOW} AND id < {_HIGH} AND {wanted}"
        )


def _ids_of(sql: str) -> str:
    return f"SELECT id, is_cut FROM ({sql}) AS jobs"


def _condition(member: str, alternatives: str) -> str:
    """Write what a member asks, by the parameter that holds its alternatives."""
    if member == "attention":
        return f"finished IS NULL AND attention && {alternatives}::text[]"
    column, kind = COLUMNS[member]
    return f"{column} = ANY ({alternatives}::{kind}[])"
