"""Pages of job schedules."""

from typing import Self

import strawberry

from jobwire.gql.pagination import schedule_cursors
from jobwire.gql.types.job_schedule import JobSchedule
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.cron.job_schedule import JobSchedule as Row
from jobwire.jobs.queries import Page


@strawberry.type(description="A job schedule and its place in the list.")
class JobScheduleEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="The place of the schedule in the list, for after and before."
    )
    node: JobSchedule = strawberry.field(description="The schedule.")


@strawberry.type(description="A page of job schedules, the newest first.")
class JobScheduleConnection:
    """Relay's connection."""

    edges: list[JobScheduleEdge] = strawberry.field(
        description="The schedules of the page with their cursors."
    )
    nodes: list[JobSchedule] = strawberry.field(
        description="The schedules of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )

    @classmethod
    def of(cls, page: Page[Row]) -> Self:
        """Show a page."""
        nodes = [JobSchedule.of(row) for row in page.items]
        encode = schedule_cursors().encode
        cursors = [encode(row.id) for row in page.items]
        return cls(
            edges=[
                JobScheduleEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
        )
