"""Pages of jobs."""

from typing import Self

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import Cost
from jobwire.gql.pagination import job_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.scalars import EventCursor
from jobwire.gql.types.job import Job
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job as Row
from jobwire.jobs.queries import Page

#: No job beyond this many is counted.
COUNT_CAP = 1000


@strawberry.type(description="A count that stops at a cap, so that asking stays cheap.")
class CappedCount:
    """How many, up to a cap."""

    value: int = strawberry.field(
        description=f"How many there are, at most {COUNT_CAP:,}."
    )
    is_capped: bool = strawberry.field(
        description=(
            "Whether there are more than value says, or may be: where few of very many"
            " jobs match, not all of these are looked at."
        )
    )


@strawberry.type(description="A job and its place in the list.")
class JobEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description=(
            "The place of the job in the list, for after and before; it is no"
            " EventCursor."
        )
    )
    node: Job = strawberry.field(description="The job.")


@strawberry.type(description="A page of jobs in the order that was asked for.")
class JobConnection:
    """Relay's connection."""

    edges: list[JobEdge] = strawberry.field(
        description="The jobs of the page with their cursors."
    )
    nodes: list[Job] = strawberry.field(
        description="The jobs of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )
    filter: strawberry.Private[JobFilter]

    @resolved(
        "How many jobs match the filter, whatever the page. They are counted only"
        f" when this is asked for, and exactly up to {COUNT_CAP:,}.",
        directives=[Cost(weight=20)],
    )
    async def total_count(self, info: Info) -> CappedCount:
        """Count the jobs of the filter."""
        count = await info.context.count_jobs(self.filter, cap=COUNT_CAP)
        return CappedCount(value=count.value, is_capped=count.is_capped)

    @resolved(
        "Where this read stands in the log of events. Calling jobListUpdates with"
        " the same filter and after: asOf misses no later change."
    )
    async def as_of(self, info: Info) -> EventCursor:
        """Return the operation's place in the log."""
        return await info.context.as_of()

    @classmethod
    def of(cls, page: Page[Row], filter: JobFilter) -> Self:
        """Show a page of the jobs of a filter."""
        nodes = [Job.of(row) for row in page.items]
        encode = job_cursors().encode
        cursors = [encode(row.id) for row in page.items]
        return cls(
            edges=[
                JobEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
            filter=filter,
        )
