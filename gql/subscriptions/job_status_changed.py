"""`jobStatusChanged`: one job, at each change of its status."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.scalars import EventCursor
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.source import Source
from jobwire.gql.types.job import Job
from jobwire.jobs.feed import Changed, FollowStatus, Snapshotted, StreamMessage
from jobwire.jobs.viewer import Scope


def subscribe(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="The id of the job, or its bare UUID."),
    ],
) -> AsyncIterable[Job]:
    """Follow the status of the job."""
    job_id = read_job_id(id)
    follow = FollowStatus(info.context.engine.feed, info.context.viewer, job_id)
    # It always begins with the job as it stands.
    return Source(follow, _job, is_resumable=False)


def _job(message: StreamMessage) -> Job | None:
    match message:
        case Snapshotted(cursor=cursor, job=job):
            return Job.of(job, cursor=EventCursor(cursor))
        case Changed(cursor=cursor, job=job, event=event):
            if event.from_status != event.to_status:
                return Job.of(job, cursor=EventCursor(cursor))
    return None


job_status_changed = strawberry.subscription(
    resolver=subscribe,
    description=(
        "The simple one: the job as it stands, then again at each change of its status."
        " It completes by itself when the job has ended. A job that does not exist, or"
        " that the caller may not see, is answered by an error with the code NOT_FOUND."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
