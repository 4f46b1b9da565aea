"""`jobSchedules`: pages of job schedules."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import PAGES
from jobwire.gql.pagination import (
    After,
    Before,
    DefaultSize,
    First,
    Last,
    schedule_cursors,
)
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_schedule_connection import JobScheduleConnection
from jobwire.jobs.cron.queries import read_schedule_page
from jobwire.jobs.viewer import Scope

SCHEDULES_PAGE = DefaultSize(20)


async def resolve_job_schedules(
    info: Info,
    first: First = SCHEDULES_PAGE,
    after: After = None,
    last: Last = None,
    before: Before = None,
    type: Annotated[
        str | None,
        strawberry.argument(
            description="Only those of this type of job; absent or null: of all."
        ),
    ] = None,
    is_paused: Annotated[
        bool | None,
        strawberry.argument(
            description=(
                "Only those that are paused, or only the others; absent or null: both."
            )
        ),
    ] = None,
) -> JobScheduleConnection:
    """Resolve `jobSchedules`."""
    window = schedule_cursors().window(
        first=first, after=after, last=last, before=before, default=SCHEDULES_PAGE
    )
    async with info.context.database.connection() as connection:
        page = await read_schedule_page(
            connection, info.context.viewer, window, type=type, is_paused=is_paused
        )
    return JobScheduleConnection.of(page)


job_schedules = strawberry.field(
    resolver=resolve_job_schedules,
    description=(
        "The job schedules of the caller, or with ADMIN those of all users, in pages."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[PAGES],
)
