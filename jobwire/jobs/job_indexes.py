"""Indexes of jobs: by which of them the jobs of a filter can be found, in their order.

All end in the id, which rises with the time. Where one begins with the column of
another, they differ in its collation: a comparison of rows of its columns fits one
index, and no other one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

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
#: Members of which each alternative is one job at most.
NAMES = ("ids", "trigger_run_ids")
#: Who gives all of these asks nothing.
_ALL: Asked = {"statuses": tuple(JobStatus), "executors": tuple(Executor)}


@dataclass(frozen=True, slots=True)
class Index:
    """An index of some columns and the id.

    Attributes:
        columns: Each column as the index compares it, by the member that asks about it.
        condition: Which jobs it holds; empty: all.
    """

    columns: Mapping[str, str]
    condition: str = ""


# The more selective ones come first, as far as that can be known.
_INDEXES = (
    Index({"schedule_ids": "schedule_id"}, "schedule_id IS NOT NULL"),
    Index({"tags": "tag"}),
    Index({"user_ids": 'user_id COLLATE "C"', "statuses": 'status COLLATE "C"'}),
    Index({"user_ids": "user_id"}),
    Index({"types": 'type COLLATE "C"', "statuses": 'status COLLATE "C"'}),
    Index({"types": "type"}),
    Index({"statuses": "status"}),
)
_OF_TRIGGER = Index({"statuses": 'status COLLATE "C"'}, "executor = 'trigger'")
_OF_ATTENTION = Index(
    {"executors": "executor"}, "finished IS NULL AND attention <> '{}'"
)
_PRIMARY_KEY = Index({})


def asked_of(filter: JobFilter) -> Asked:
    """Return which members of a filter ask something."""
    given = {one: getattr(filter, one) for one in (*COLUMNS, "attention")}
    return {
        member: alternatives
        for member, alternatives in given.items()
        if alternatives is not None
        and not (member in _ALL and set(alternatives) == set(_ALL[member]))
    }


@dataclass(frozen=True, slots=True)
class Way:
    """A way to read: an index, values of its columns, and the members it answers."""

    index: Index
    values: Sequence[tuple[Any, ...]]
    answers: frozenset[str]


def ways_of(asked: Asked) -> list[Way]:
    """Choose how to read: by what answers everything, or by all that may do."""

    def by(index: Index, *implied: str) -> Way:
        alternatives = [asked.get(one, _ALL.get(one, ())) for one in index.columns]
        values = list(product(*alternatives))
        return Way(index, values, frozenset((*index.columns, *implied)))

    if asked.keys() & NAMES:
        # Whatever else is asked, it is asked of few.
        return [Way(_PRIMARY_KEY, [()], frozenset(asked))]
    if "attention" in asked:
        every = set(asked["attention"]) == set(AttentionKind)
        return [by(_OF_ATTENTION, *(("attention",) if every else ()))]
    ways = [by(one) for one in _INDEXES if one.columns.keys() <= asked.keys()]
    if asked.get("executors") == (Executor.TRIGGER,):
        ways.append(by(_OF_TRIGGER, "executors"))
    ways = [way for way in ways if len(way.values) <= MAX_RANGES] or [by(_PRIMARY_KEY)]
    for way in ways:
        if way.answers >= asked.keys():
            return [way]
    return [one for one in ways if not any(one.answers < way.answers for way in ways)]
