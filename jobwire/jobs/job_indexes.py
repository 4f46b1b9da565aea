"""Indexes of jobs: by which of them the jobs of a filter can be found, in their order.

All end in the id, which rises with the time. Where one begins with the column of
another, they differ in its collation: a comparison of rows of its columns fits one
index, and no other one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from operator import attrgetter
from typing import Any, NamedTuple

from jobwire.jobs.filters import JobFilter
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus

#: More ranges than this are not read at once; each costs one probe of its index.
MAX_RANGES = 200

#: Members of a filter that ask something, and the alternatives of each.
Asked = Mapping[str, Sequence[Any]]

#: The column that each member compares, and its type.
COLUMNS = {
    "ids": ("id", "uuid"),
    "trigger_run_ids": ("trigger_run_id", "text"),
    "schedule_ids": ("schedule_id", "uuid"),
    "tags": ("tag", "text"),
    "user_ids": ("user_id", "text"),
    "types": ("type", "text"),
    "statuses": ("status", "text"),
    "executors": ("executor", "text"),
}
#: Members that may ask something.
MEMBERS = (*COLUMNS, "attention")
#: Members of which each alternative is one job at most.
NAMES = ("ids", "trigger_run_ids")
#: Who gives all of these asks nothing.
_ALL: Asked = {"statuses": tuple(JobStatus), "executors": tuple(Executor)}
_EACH = {member: frozenset(alternatives) for member, alternatives in _ALL.items()}
_ANY_ATTENTION = frozenset(AttentionKind)


@dataclass(frozen=True, slots=True)
class Index:
    """An index of some columns and the id.

    Attributes:
        columns: Each column as the index compares it, by the member that asks about it.
        condition: Which jobs it holds; empty: all.
        optional: Members of which it is read for all alternatives, a range for each,
            where they ask nothing.
    """

    columns: Mapping[str, str]
    condition: str = ""
    optional: frozenset[str] = frozenset()

    def fits(self, members: Collection[str]) -> bool:
        """Whether it finds the jobs of a filter whose members that ask are these."""
        return self.columns.keys() - self.optional <= set(members)


_OF_SCHEDULE = "schedule_id IS NOT NULL"
# The more selective ones come first, as far as that can be known.
_INDEXES = (
    Index(
        {"user_ids": 'user_id COLLATE "POSIX"', "schedule_ids": "schedule_id"},
        _OF_SCHEDULE,
    ),
    Index({"tags": 'tag COLLATE "POSIX"', "user_ids": "user_id"}),
    Index({"schedule_ids": "schedule_id"}, _OF_SCHEDULE),
    Index({"tags": "tag"}),
    Index({"user_ids": 'user_id COLLATE "C"', "statuses": 'status COLLATE "C"'}),
    Index({"types": 'type COLLATE "POSIX"', "user_ids": "user_id"}),
    Index({"user_ids": "user_id"}),
    Index(
        {"types": 'type COLLATE "C"', "statuses": 'status COLLATE "C"'},
        optional=frozenset({"statuses"}),
    ),
    Index({"statuses": "status"}),
)
_ON_TRIGGER = "executor = 'trigger'"
_OF_TRIGGER = Index({"statuses": 'status COLLATE "C"'}, _ON_TRIGGER)
_OF_TRIGGER_OF_USERS = Index(
    {"statuses": 'status COLLATE "POSIX"', "user_ids": "user_id"}, _ON_TRIGGER
)
_NEEDS_ATTENTION = "finished IS NULL AND attention <> '{}'"
_OF_ATTENTION = Index({"executors": "executor"}, _NEEDS_ATTENTION)
_OF_ATTENTION_OF_USERS = Index(
    {"executors": 'executor COLLATE "C"', "user_ids": "user_id"}, _NEEDS_ATTENTION
)
_PRIMARY_KEY = Index({})


_given = attrgetter(*MEMBERS)


def asked_of(filter: JobFilter) -> Asked:
    """Return which members of a filter ask something."""
    return {
        member: alternatives
        for member, alternatives in zip(MEMBERS, _given(filter), strict=True)
        if alternatives is not None
        and not (member in _EACH and _EACH[member].issubset(alternatives))
    }


def alternatives_of(member: str, asked: Asked) -> Sequence[Any]:
    """Return the alternatives of a member: all there are, where it asks nothing."""
    return asked.get(member) or _ALL[member]


class Shape(NamedTuple):
    """What of a filter decides by which indexes its jobs are found.

    Attributes:
        members: Which ones ask something.
        counts: How many alternatives each of them has.
        is_of_trigger: It asks for jobs on Trigger.dev and no others.
        is_of_any_attention: It asks for jobs that need attention of any kind.
    """

    members: tuple[str, ...]
    counts: tuple[int, ...]
    is_of_trigger: bool
    is_of_any_attention: bool


def shape_of(asked: Asked) -> Shape:
    """Return the shape of what is asked."""
    return Shape(
        tuple(asked),
        tuple(map(len, asked.values())),
        asked.get("executors") == (Executor.TRIGGER,),
        _ANY_ATTENTION.issubset(asked.get("attention", ())),
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A way to read: an index, how many ranges of it, and the members it answers."""

    index: Index
    ranges: int
    answers: frozenset[str]


def ways_of(shape: Shape) -> list[Way]:
    """Choose how to read: by what answers everything, or by all that may do.

    What is asked of one user, as by everybody who is no admin, is looked for among the
    jobs of that user alone: neither what is answered nor how long that takes tells of
    the jobs of others.
    """
    counts = dict(zip(shape.members, shape.counts, strict=True))

    def by(index: Index, *implied: str) -> Way:
        ranges = prod(counts.get(one) or len(_ALL[one]) for one in index.columns)
        return Way(index, ranges, frozenset((*index.columns, *implied)))

    if counts.keys() & NAMES:
        # Whatever else is asked, it is asked of few.
        return [Way(_PRIMARY_KEY, 1, frozenset(counts))]
    is_of_one_user = counts.get("user_ids") == 1
    if "attention" in counts:
        implied = ("attention",) if shape.is_of_any_attention else ()
        index = _OF_ATTENTION_OF_USERS if is_of_one_user else _OF_ATTENTION
        return [by(index, *implied)]
    ways = [
        by(one)
        for one in _INDEXES
        if one.fits(counts) and ("user_ids" in one.columns or not is_of_one_user)
    ]
    if shape.is_of_trigger:
        index = _OF_TRIGGER_OF_USERS if is_of_one_user else _OF_TRIGGER
        ways.append(by(index, "executors"))
    ways = [way for way in ways if way.ranges <= MAX_RANGES] or [by(_PRIMARY_KEY)]
    for way in ways:
        if way.answers >= counts.keys():
            return [way]
    return [one for one in ways if not any(one.answers < way.answers for way in ways)]
