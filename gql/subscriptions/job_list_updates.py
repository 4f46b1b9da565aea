"""`jobListUpdates`: a list that stays right."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.scalars import EventCursor
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.messages import to_message
from jobwire.gql.subscriptions.source import Source
from jobwire.gql.types.job_filter import JobFilter, to_filter
from jobwire.gql.types.job_stream import JobStreamMessage
from jobwire.jobs.feed import FollowList
from jobwire.jobs.viewer import Scope


def subscribe(
    info: Info,
    filter: Annotated[
        JobFilter | None,
        strawberry.argument(
            description="Which jobs; absent or null: all that the caller may see."
        ),
    ] = None,
    after: Annotated[
        EventCursor | None,
        strawberry.argument(
            description=(
                "Where to resume: the last cursor of an earlier stream, or the asOf of"
                " a read of the same filter. Absent or null: from now on."
            )
        ),
    ] = None,
    snapshot: Annotated[  # noqa: FBT002 - GraphQL passes arguments by name
        bool | None,
        strawberry.argument(
            description=(
                "Whether to begin with the jobs as they stand, at most the 100 newest;"
                " null: false."
            )
        ),
    ] = False,
) -> AsyncIterable[JobStreamMessage]:
    """Follow the events of the filter's jobs."""
    resumed = info.context.resume_after
    return Source(
        FollowList(
            info.context.engine.feed,
            info.context.viewer,
            to_filter(filter),
            after=resumed or after,
            snapshot=snapshot is True and resumed is None,
        ),
        to_message,
    )


job_list_updates = strawberry.subscription(
    resolver=subscribe,
    description=(
        "The jobs of a filter as they change, resumable. Of a job that leaves the"
        " filter, or is deleted, one last change with leftFilter is sent. It never"
        " completes by itself."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
