"""`jobs`: pages of jobs."""

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
    job_cursors,
)
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_connection import JobConnection
from jobwire.gql.types.job_filter import (
    JobFilter,
    JobOrder,
    OrderDirection,
    to_filter,
)
from jobwire.jobs.viewer import Scope

JOBS_PAGE = DefaultSize(20)


async def resolve_jobs(
    info: Info,
    filter: Annotated[
        JobFilter | None,
        strawberry.argument(
            description="Which jobs; absent or null: all that the caller may see."
        ),
    ] = None,
    order_by: Annotated[
        JobOrder | None,
        strawberry.argument(
            description="Their order; absent or null: the newest first."
        ),
    ] = None,
    first: First = JOBS_PAGE,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> JobConnection:
    """Resolve `jobs`."""
    window = job_cursors().window(
        first=first, after=after, last=last, before=before, default=JOBS_PAGE
    )
    direction = OrderDirection.DESC if order_by is None else order_by.direction
    selected = to_filter(filter)
    page = await info.context.read_job_page(
        selected, window, descending=direction is OrderDirection.DESC
    )
    return JobConnection.of(page, selected)


jobs = strawberry.field(
    resolver=resolve_jobs,
    description=(
        "The jobs of the caller, or with ADMIN those of all users, in pages. A page"
        " stays right while jobs come and go."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[PAGES],
)
