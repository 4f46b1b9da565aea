"""Selections of jobs and their order."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from jobwire.gql.global_ids import parse_job_id, parse_schedule_id
from jobwire.gql.types.attention_kind import AttentionKind
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_status import JobStatus
from jobwire.jobs import filters
from jobwire.jobs.filters import MAX_ALTERNATIVES
from jobwire.models.vocabulary import AttentionKind as Kind
from jobwire.models.vocabulary import Executor as Place
from jobwire.models.vocabulary import JobStatus as Status

_LISTED = f"At most {MAX_ALTERNATIVES} alternatives; absent or null: not asked about."


@strawberry.input(description="A span of time, half open.")
class DateTimeRange:
    """From an instant up to another one."""

    from_: datetime | None = strawberry.field(
        name="from",
        default=None,
        description="The first instant of the span; absent or null: from ever.",
    )
    until: datetime | None = strawberry.field(
        default=None,
        description="The first instant behind the span; absent or null: for ever.",
    )


@strawberry.input(
    description=(
        "A selection of jobs: all given members must match, the members of one list"
        " are alternatives, and an empty list matches nothing. Where few of very many"
        " jobs have all that is asked, and no index holds just those, a page is refused"
        " with LIMIT_EXCEEDED rather than looked for among all jobs."
    )
)
class JobFilter:
    """What clients send of `jobwire.jobs.filters.JobFilter`."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=f"The ids of the jobs. An unknown id matches nothing. {_LISTED}",
    )
    statuses: list[JobStatus] | None = strawberry.field(
        default=None, description=f"Where they stand. {_LISTED}"
    )
    is_terminal: bool | None = strawberry.field(
        default=None,
        description="Whether they have ended; absent or null: not asked about.",
    )
    types: list[str] | None = strawberry.field(
        default=None, description=f"The names of their code. {_LISTED}"
    )
    tags: list[str] | None = strawberry.field(
        default=None, description=f"What they are about, exactly. {_LISTED}"
    )
    user_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=(
            "Whose they are. Without ADMIN only the caller's own id is allowed, and it"
            f" is the default. {_LISTED}"
        ),
    )
    schedule_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=(
            "Which job schedules made them, deleted ones too. An unknown id matches"
            f" nothing. {_LISTED}"
        ),
    )
    trigger_run_ids: list[str] | None = strawberry.field(
        default=None,
        description=(
            "Their runs on Trigger.dev, run_…. A run of no job here matches nothing."
            f" {_LISTED}"
        ),
    )
    executors: list[Executor] | None = strawberry.field(
        default=None,
        description=(f"Where they run. {_LISTED}"),
    )
    attention: list[AttentionKind] | None = strawberry.field(
        default=None,
        description=(
            f"Why they need attention; jobs that have ended never match. {_LISTED}"
        ),
    )
    created_at: DateTimeRange | None = strawberry.field(
        default=None,
        description="When they were accepted; absent or null: not asked about.",
    )


@strawberry.enum(
    name="JobOrderField", description="What jobs are ordered by. Members may be added."
)
class JobOrderField(Enum):
    """A column with an index."""

    CREATED_AT = strawberry.enum_value(
        "created_at", description="When they were accepted; ties are broken by id."
    )


@strawberry.enum(name="OrderDirection", description="Which end comes first.")
class OrderDirection(Enum):
    """Up or down."""

    ASC = strawberry.enum_value("asc", description="The smallest or oldest first.")
    DESC = strawberry.enum_value("desc", description="The largest or newest first.")


@strawberry.input(description="The order of a list of jobs.")
class JobOrder:
    """A column and a direction."""

    field: JobOrderField = strawberry.field(
        default=JobOrderField.CREATED_AT, description="What to order by."
    )
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.DESC, description="Which end comes first."
    )


_EVER = DateTimeRange()
#: What reads an alternative of each list; None: it is an id that can name nothing.
_READ: dict[str, Callable[[Any], Any]] = {
    "ids": parse_job_id,
    "schedule_ids": parse_schedule_id,
    "statuses": {one: Status[one.name] for one in JobStatus}.__getitem__,
    "types": str,
    "tags": str,
    "user_ids": str,
    "trigger_run_ids": str,
    "executors": {one: Place[one.name] for one in Executor}.__getitem__,
    "attention": {one: Kind[one.name] for one in AttentionKind}.__getitem__,
}


def to_filter(given: JobFilter | None) -> filters.JobFilter:
    """Return the use cases' filter for the client's one; None: all jobs.

    Raises:
        InvalidInputError: A list is too long.
    """
    if given is None:
        return filters.JobFilter()
    asked = {
        member: tuple(
            one for one in dict.fromkeys(map(read, alternatives)) if one is not None
        )
        for member, read in _READ.items()
        if (alternatives := getattr(given, member)) is not None
    }
    created = given.created_at or _EVER
    return filters.JobFilter(
        **asked, created_from=created.from_, created_until=created.until
    ).ended(is_terminal=given.is_terminal)
