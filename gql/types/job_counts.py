"""How many jobs stand where."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

import strawberry

from jobwire.gql.cost import ListSize
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_status import JobStatus
from jobwire.jobs import counts
from jobwire.jobs.counts.waiting import MOST_OF_QUEUE, MOST_OF_USERS, MOST_QUEUES
from jobwire.jobs.filters import MAX_ALTERNATIVES
from jobwire.models.vocabulary import Executor as Place

_LISTED = f"At most {MAX_ALTERNATIVES} alternatives; absent or null: not asked about."


@strawberry.type(description="How many jobs have one status.")
class StatusCount:
    """A status and a number."""

    status: JobStatus = strawberry.field(description="Where they stand.")
    count: int = strawberry.field(description="How many there are; zero: none.")


@strawberry.type(
    description=(
        "How many jobs stand where, exactly: every change counts that was answered"
        " before they were asked for. Deleted jobs are not counted."
    )
)
class JobCounts:
    """`jobwire.jobs.counts.JobCounts`."""

    total: int = strawberry.field(description="How many jobs there are, ended or not.")
    by_status: list[StatusCount] = strawberry.field(
        description=(
            "How many have each status, with zeros: every status that this server knows"
            " comes once, in the order of JobStatus."
        ),
        directives=[ListSize(assumed_size=9)],
    )
    oldest_queued_at: datetime | None = strawberry.field(
        description=(
            "When the QUEUED job became due that waits longest for a worker, or to be"
            " handed over to Trigger.dev; null when none waits. Finding it costs little"
            " whatever waits, so not all is looked at: of the caller's own jobs, or of"
            f" userIds, the {MOST_OF_USERS:,} that were accepted first; with types"
            f" alone, the {MOST_OF_QUEUE} that wait longest in each queue and priority."
            f" It is null, too, when jobs of all users wait in more than {MOST_QUEUES}"
            " queues."
        )
    )

    @classmethod
    def of(cls, found: counts.JobCounts) -> Self:
        """Show counts."""
        return cls(
            total=found.total,
            by_status=[
                StatusCount(status=JobStatus(status.value), count=count)
                for status, count in found.by_status.items()
            ],
            oldest_queued_at=found.oldest_queued_at,
        )


@strawberry.input(
    description=(
        "Which jobs are counted: all given members must match, the members of one list"
        " are alternatives, and an empty list matches nothing."
    )
)
class JobCountsFilter:
    """What clients send of `jobwire.jobs.counts.CountsFilter`."""

    user_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description=(
            "Whose they are. Without ADMIN only the caller's own id is allowed, and it"
            f" is the default. {_LISTED}"
        ),
    )
    types: list[str] | None = strawberry.field(
        default=None, description=f"The names of their code. {_LISTED}"
    )
    executors: list[Executor] | None = strawberry.field(
        default=None, description=f"Where they run. {_LISTED}"
    )
    queues: list[str] | None = strawberry.field(
        default=None, description=f"The queues that they wait in. {_LISTED}"
    )


def to_counts_filter(given: JobCountsFilter | None) -> counts.CountsFilter:
    """Return the use cases' filter for the client's one; None: all jobs.

    Alternatives are in one order, so that those who ask for the same share an answer.

    Raises:
        InvalidInputError: A list is too long.
    """
    if given is None:
        return counts.CountsFilter()
    return counts.CountsFilter(
        user_ids=_all(given.user_ids),
        types=_all(given.types),
        executors=None
        if given.executors is None
        else tuple(sorted({Place[one.name] for one in given.executors})),
        queues=_all(given.queues),
    )


def _all(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(sorted(set(map(str, given))))
