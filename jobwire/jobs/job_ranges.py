"""Ranges of jobs: the statements that read the jobs of a filter, in their order.

A range lies between two rows of values of an index, such as `(type, id)`. It is read in
the order of the index, which no other one has (`job_indexes`), and what is left to ask
of a job is asked apart from that (`looking`). So the plan is the same whatever the
statistics say, also before there are any.

Where no index answers all that is asked, a bounded number of jobs is looked at: first a
few by each index that answers some of it, which does where many of them match, or where
there are few; and then many.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job_indexes import (
    COLUMNS,
    NAMES,
    Asked,
    Index,
    Way,
    asked_of,
    ways_of,
)
from jobwire.jobs.looking import look

PLAN_SETTINGS = {
    # Neither has an order: where few rows are expected, all would be read and sorted.
    "enable_bitmapscan": "off",
    "enable_seqscan": "off",
    # How our statements are carried out depends on none of their values. To find that
    # out anew each time takes as long as to read a page.
    "plan_cache_mode": "force_generic_plan",
}

#: How many jobs are looked at by each index that does not answer all that is asked.
LOOKS = (1_000, 10_000)

_SMALLEST_ID = UUID(int=0)
_LARGEST_ID = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the list of a filter's jobs.

    Attributes:
        limit: How many jobs at most.
        descending: Whether it is read from the newest job on.
        after: The job behind which it begins, in that direction.
        before: The job before which it ends.
    """

    limit: int
    descending: bool
    after: UUID | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement that selects jobs, to stand in the FROM of another.

    It has the columns of `worker_jobs` and `is_cut`: a row where that is true stands
    for all behind it, which were not looked at.

    Attributes:
        sql: The statement.
        values: The values of its parameters.
        is_bounded: Whether it looks at so many jobs at most, and may be cut.
    """

    sql: str
    values: list[Any]
    is_bounded: bool = False


def readings(filter: JobFilter, span: Span) -> Iterator[Reading]:
    """Write the statements to be tried one after another, until one is not cut.

    If all of them are, too many jobs would have to be looked at.

    Args:
        filter: Which jobs, behind the wall of whoever asks.
        span: Which of them.
    """
    asked = asked_of(filter)
    ways = ways_of(asked)
    if ways[0].answers >= asked.keys():
        yield _Statement(filter, span, asked).read(ways[0])
        return
    for looks in LOOKS:
        for way in ways:
            yield _Statement(filter, span, asked).read(way, looks=looks)


def unbounded_reading(filter: JobFilter, span: Span) -> Reading:
    """Write the one statement that looks at as many jobs as it takes.

    Args:
        filter: Which jobs, behind the wall of whoever asks.
        span: Which of them.
    """
    asked = asked_of(filter)
    return _Statement(filter, span, asked).read(ways_of(asked)[0])


class _Statement:
    """One statement as it is written, and its parameters as they are mentioned."""

    def __init__(self, filter: JobFilter, span: Span, asked: Asked) -> None:
        self._asked = asked
        self._limit = span.limit
        self._direction = "DESC" if span.descending else "ASC"
        self._values: list[Any] = []
        low, above, high = _SMALLEST_ID, ">=", _LARGEST_ID
        if filter.created_from is not None:
            low = identifiers.smallest_id(filter.created_from)
        if filter.created_until is not None:
            high = identifiers.smallest_id(filter.created_until)
        older, newer = span.after, span.before
        if span.descending:
            older, newer = newer, older
        if older is not None and older >= low:
            low, above = older, ">"
        if newer is not None and newer < high:
            high = newer
        self._low, self._high = self._add(low, "uuid"), self._add(high, "uuid")
        self._above = above

    def read(self, way: Way, *, looks: int | None = None) -> Reading:
        """Write it; it looks at so many jobs at most, or at as many as it takes."""
        if not all(self._asked.values()):
            nothing = "SELECT *, false AS is_cut FROM worker_jobs WHERE false"
            return Reading(nothing, [])
        named = [member for member in NAMES if member in self._asked]
        if named:
            parts = [self._named(named[0])]
        else:
            wanted = f"deleted_at IS NULL{self._rest(way.answers)}"
            each = looks and max(looks // len(way.values), self._limit)
            ranges = [self._range(way.index, values) for values in way.values]
            parts = [
                look(one, wanted=wanted, limit=self._limit, looks=each)
                for one in ranges
            ]
        sql = (
            f"SELECT * FROM (({') UNION ALL ('.join(parts)})) AS parts"
            f" ORDER BY id {self._direction} LIMIT {self._limit}"
        )
        return Reading(sql, self._values, is_bounded=looks is not None)

    def _add(self, value: Any, kind: str) -> str:
        self._values.append(value)
        return f"${len(self._values)}::{kind}"

    def _range(self, index: Index, values: Sequence[Any]) -> str:
        """Write the jobs of some values in the order of their index."""
        kinds = [COLUMNS[member][1] for member in index.columns]
        given = [self._add(*one) for one in zip(values, kinds, strict=True)]
        columns = [*index.columns.values(), "id"]
        compared = ", ".join(columns)
        lowest, highest = (
            ", ".join((*given, self._low)),
            ", ".join((*given, self._high)),
        )
        order = ", ".join(f"{one} {self._direction}" for one in columns)
        condition = f" AND {index.condition}" if index.condition else ""
        return (
            f"SELECT * FROM worker_jobs WHERE ({compared}) {self._above} ({lowest})"
            f" AND ({compared}) < ({highest}){condition} ORDER BY {order}"
        )

    def _named(self, member: str) -> str:
        """Write the jobs that are named one by one."""
        column, kind = COLUMNS[member]
        names = self._add(list(self._asked[member]), f"{kind}[]")
        return (
            f"SELECT *, false AS is_cut FROM (SELECT * FROM worker_jobs"
            f" WHERE {column} = ANY ({names}) OFFSET 0) AS fenced"
            f" WHERE id {self._above} {self._low} AND id < {self._high}"
            f" AND deleted_at IS NULL{self._rest(frozenset({member}))}"
        )

    def _rest(self, answers: frozenset[str]) -> str:
        """Write the conditions of the members that are not answered."""
        conditions = []
        for member, (column, kind) in COLUMNS.items():
            if member in self._asked and member not in answers:
                values = self._add(list(self._asked[member]), f"{kind}[]")
                conditions.append(f" AND {column} = ANY ({values})")
        if "attention" in self._asked and "attention" not in answers:
            kinds = self._add(list(self._asked["attention"]), "text[]")
            conditions.append(f" AND finished IS NULL AND attention && {kinds}")
        return "".join(conditions)
