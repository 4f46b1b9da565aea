"""What other back ends are told."""

import json
from datetime import datetime
from enum import Enum
from typing import Self

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.pagination import notification_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.notifications.deliver import MAX_ATTEMPTS
from jobwire.jobs.notifications.log import KEPT
from jobwire.jobs.notifications.log import Notification as Row
from jobwire.jobs.queries import Page
from jobwire.models.vocabulary import NotificationStatus as Status


@strawberry.enum(name="NotificationStatus", description="How a notification stands.")
class NotificationStatus(Enum):
    """`jobwire.models.vocabulary.NotificationStatus`."""

    PENDING = strawberry.enum_value(
        Status.PENDING.value,
        description="It is sent, or sent again, when its nextAttemptAt has come.",
    )
    DELIVERED = strawberry.enum_value(
        Status.DELIVERED.value, description="The target took it."
    )
    FAILED = strawberry.enum_value(
        Status.FAILED.value,
        description=(
            f"The target did not take it in {MAX_ATTEMPTS} attempts, or answered 410"
            " Gone, or no worker has the target any more."
        ),
    )


@strawberry.type(
    description=(
        "An event of a job that another back end is told of, as a signed webhook."
        f" It is kept for {KEPT.days} days after it has ended."
    )
)
class Notification:
    """A row of `notifications` as the API shows it."""

    id: strawberry.ID = strawberry.field(
        description=(
            "ntf_ and a UUIDv7 in Crockford's base32: the webhook-id that the target"
            " sees, the same in every attempt."
        )
    )
    type: str = strawberry.field(
        description="What it tells, for example job.succeeded."
    )
    job_id: strawberry.ID = strawberry.field(
        description="The id of the job, which may have been deleted since."
    )
    job_version: int = strawberry.field(
        description="The version of the job that the event made."
    )
    target: str = strawberry.field(
        description=(
            "Where it is posted: the URL, with eight letters that stand for its query"
            " if it has one."
        )
    )
    status: NotificationStatus = strawberry.field(description="How it stands.")
    attempt_count: int = strawberry.field(
        description=(
            "How often it was sent, the attempt that is under way included; counted"
            " anew when it is resent after its end."
        )
    )
    status_code: int | None = strawberry.field(
        description=(
            "The HTTP status that the target last answered; null before the first"
            " answer and when the last attempt had none."
        )
    )
    error: str | None = strawberry.field(
        description=(
            "Why it was not taken in the last attempt, with the beginning of the"
            " answer; null before that and when it was taken."
        )
    )
    created_at: datetime = strawberry.field(
        description="When the event was found in the log."
    )
    next_attempt_at: datetime | None = strawberry.field(
        description=(
            "When it is due, or, while it is being sent, until when the answer is"
            " waited for; null when it has ended."
        )
    )
    ended_at: datetime | None = strawberry.field(
        description="When it was delivered or given up; null while it is PENDING."
    )
    text: strawberry.Private[str]

    @resolved("The message, as it is sent.")
    def body(self) -> JSON:
        """Return the body."""
        return JSON(json.loads(self.text))

    @classmethod
    def of(cls, row: Row) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.public_id),
            type=row.type,
            job_id=strawberry.ID(job_id_text(row.job_id)),
            job_version=row.job_version,
            target=row.target,
            status=NotificationStatus(row.status),
            attempt_count=row.attempts,
            status_code=row.status_code,
            error=row.error,
            created_at=row.created_at,
            next_attempt_at=row.next_attempt_at,
            ended_at=row.ended_at,
            text=row.body,
        )


@strawberry.type(description="A notification and its place in the list.")
class NotificationEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="The place of the notification in the list, for after."
    )
    node: Notification = strawberry.field(description="The notification.")


@strawberry.type(description="A page of notifications, the newest first.")
class NotificationConnection:
    """Relay's connection."""

    edges: list[NotificationEdge] = strawberry.field(
        description="The notifications of the page with their cursors."
    )
    nodes: list[Notification] = strawberry.field(
        description="The notifications of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )

    @classmethod
    def of(cls, page: Page[Row]) -> Self:
        """Show a page."""
        nodes = [Notification.of(row) for row in page.items]
        encode = notification_cursors().encode
        cursors = [encode(row.id) for row in page.items]
        return cls(
            edges=[
                NotificationEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
        )
