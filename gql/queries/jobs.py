"""`jobs`: pages of jobs."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

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
from jobwire.jobs.filters import JobFilter as Filter
from jobwire.jobs.queries import Window
from jobwire.jobs.viewer import Scope

JOBS_PAGE = DefaultSize(20)


@dataclass(frozen=True, slots=True)
class WantedPage:
    """The page that the arguments of the field ask for."""

    filter: Filter
    window: Window[UUID]
    descending: bool


def wanted_page(
    filter: JobFilter | None = None,
    order_by: JobOrder | None = None,
    first: int | None = JOBS_PAGE,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> WantedPage:
    """Read the arguments of the field.

    Raises:
        InvalidInputError: They do not go together, or one is out of range.
    """
    window = job_cursors().window(
        first=first, after=after, last=last, before=before, default=JOBS_PAGE
    )
    direction = OrderDirection.DESC if order_by is None else order_by.direction
    return WantedPage(to_filter(filter), window, direction is OrderDirection.DESC)


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
    wanted = wanted_page(filter, order_by, first, after, last, before)
    page = await info.context.read_job_page(
        wanted.filter, wanted.window, descending=wanted.descending
    )
    return JobConnection.of(page, wanted.filter)


jobs = strawberry.field(
    resolver=resolve_jobs,
    description=(
        "The jobs of the caller, or with ADMIN those of all users, in pages. A page"
        " stays right while jobs come and go."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[PAGES],
)
