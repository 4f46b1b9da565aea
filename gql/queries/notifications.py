"""`notifications`: what other back ends were told, and what they still wait for."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import FORWARD_PAGES
from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.pagination import After, DefaultSize, First, notification_cursors
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.notification import (
    NotificationConnection,
    NotificationStatus,
)
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.notifications.log import read_page
from jobwire.jobs.viewer import Scope
from jobwire.models.vocabulary import NotificationStatus as Status

NOTIFICATIONS_PAGE = DefaultSize(20)


async def resolve_notifications(
    info: Info,
    status: Annotated[
        NotificationStatus | None,
        strawberry.argument(description="Only those; absent or null: all."),
    ] = None,
    job_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description=(
                "Only those of this job, also of one that was deleted: its id or its"
                " bare UUID; absent or null: those of all jobs."
            )
        ),
    ] = None,
    first: First = NOTIFICATIONS_PAGE,
    after: After = None,
) -> NotificationConnection:
    """Resolve `notifications`."""
    window = notification_cursors().window(
        first=first, after=after, last=None, before=None, default=NOTIFICATIONS_PAGE
    )
    job = None if job_id is None else parse_job_id(job_id)
    if job_id is not None and job is None:
        raise NotFoundError(job_id, path=("jobId",))
    async with info.context.database.connection() as connection:
        page = await read_page(
            connection,
            window,
            status=None if status is None else Status[status.name],
            job_id=job,
        )
    return NotificationConnection.of(page)


notifications = strawberry.field(
    resolver=resolve_notifications,
    description=(
        "What other back ends are told of events of jobs, the newest first: the log of"
        " deliveries to JOBWIRE_NOTIFY_URL and to what types of job notify."
    ),
    extensions=[RequiresScope(Scope.ADMIN)],
    directives=[FORWARD_PAGES],
)
