"""`jobUpdates`: everything about one job."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.scalars import EventCursor
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.messages import to_message
from jobwire.gql.subscriptions.source import Source
from jobwire.gql.types.job_stream import JobStreamMessage
from jobwire.jobs.feed import FollowJob
from jobwire.jobs.viewer import Scope


def subscribe(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="The id of the job, or its bare UUID."),
    ],
    after: Annotated[
        EventCursor | None,
        strawberry.argument(
            description=(
                "Where to resume: the last cursor of an earlier stream, or the asOf of"
                " a read. Absent or null: from now on."
            )
        ),
    ] = None,
    snapshot: Annotated[  # noqa: FBT002 - GraphQL passes arguments by name
        bool | None,
        strawberry.argument(
            description="Whether to begin with the job as it stands; null: true."
        ),
    ] = True,
) -> AsyncIterable[JobStreamMessage]:
    """Follow the events of the job."""
    job_id = read_job_id(id)
    resumed = info.context.resume_after
    return Source(
        FollowJob(
            info.context.engine.feed,
            info.context.viewer,
            job_id,
            after=resumed or after,
            snapshot=snapshot is not False and resumed is None,
        ),
        to_message,
    )


job_updates = strawberry.subscription(
    resolver=subscribe,
    description=(
        "Everything about one job, resumable. It completes by itself after the event"
        " that ends the job, or deletes it. A job that does not exist, was deleted, or"
        " that the caller may not see, is answered by an error with the code NOT_FOUND."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
