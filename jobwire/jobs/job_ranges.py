"""Ranges of jobs: the statements that read the jobs of a filter, in their order.

A range lies between two rows of values of an index, such as `(type, id)`. It is read in
the order of the index, which no other one has (`job_indexes`), and what is left to ask
of a job is asked apart from that (`looking`). So the plan is the same whatever the
statistics say, also before there are any.

Where no index answers all that is asked, a bounded number of jobs is looked at: first a
few by each index that answers some of it, which does where many of them match, or where
there are few; and then many.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job_indexes import asked_of, shape_of
from jobwire.jobs.job_statements import Statement, statements_of

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


class Reading(NamedTuple):
    """How some jobs are read.

    Attributes:
        statement: The statement.
        values: The values of its parameters.
    """

    statement: Statement
    values: list[Any]


_NOTHING = Reading(
    Statement(
        sql="SELECT *, false AS is_cut FROM worker_jobs WHERE false",
        ids="SELECT id, false AS is_cut FROM worker_jobs WHERE false",
    ),
    [],
)


def readings(filter: JobFilter, span: Span) -> Iterator[Reading]:
    """Write the statements to be tried one after another, until one is not cut.

    If all of them are, too many jobs would have to be looked at.

    Args:
        filter: Which jobs, behind the wall of whoever asks.
        span: Which of them.
    """
    return _readings(filter, span, LOOKS)


def unbounded_reading(filter: JobFilter, span: Span) -> Reading:
    """Write the one statement that looks at as many jobs as it takes.

    Args:
        filter: Which jobs, behind the wall of whoever asks.
        span: Which of them.
    """
    return next(_readings(filter, span, ()))


def _readings(
    filter: JobFilter, span: Span, looks: tuple[int, ...]
) -> Iterator[Reading]:
    asked = asked_of(filter)
    if not all(asked.values()):
        return iter([_NOTHING])
    low, above, high = _bounds(filter, span)
    direction = "DESC" if span.descending else "ASC"
    statements = statements_of(shape_of(asked), span.limit, direction, above, looks)
    return (
        Reading(statement, statement.values(asked, low, high))
        for statement in statements
    )


def _bounds(filter: JobFilter, span: Span) -> tuple[UUID, str, UUID]:
    """Return the least id, how ids compare to it, and the one they are less than."""
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
    return low, above, high
