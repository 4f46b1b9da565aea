"""Actions over many jobs."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import FORWARD_PAGES, OWN_STATEMENT
from jobwire.gql.pagination import After, DefaultSize, First, refusal_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.node import Node
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs import bulk
from jobwire.jobs.bulk import MAX_REFUSALS, read_refusals
from jobwire.jobs.identifiers import bulk_operation_id_text, job_id_text
from jobwire.jobs.queries import Page
from jobwire.models.vocabulary import BulkAction as Action
from jobwire.models.vocabulary import BulkStatus as Status

REFUSALS_PAGE = DefaultSize(50)


@strawberry.enum(
    name="BulkAction", description="What is done to each job. Members may be added."
)
class BulkAction(Enum):
    """`jobwire.models.vocabulary.BulkAction`."""

    CANCEL = strawberry.enum_value(
        Action.CANCEL.value, description="As cancelJob does it."
    )
    RETRY = strawberry.enum_value(
        Action.RETRY.value, description="As retryJob does it."
    )


@strawberry.enum(name="BulkStatus", description="How a bulk operation stands.")
class BulkStatus(Enum):
    """`jobwire.models.vocabulary.BulkStatus`."""

    RUNNING = strawberry.enum_value(
        Status.RUNNING.value, description="Jobs are left to be handled."
    )
    COMPLETED = strawberry.enum_value(
        Status.COMPLETED.value,
        description=(
            "Every job was handled once: matchedCount is the sum of the three counts."
        ),
    )
    ABORTED = strawberry.enum_value(
        Status.ABORTED.value,
        description="It was stopped before its end; what was done stays.",
    )


@strawberry.type(description="A job that refused what was done to the others.")
class BulkRefusal:
    """`jobwire.jobs.bulk.Refusal`."""

    job_id: strawberry.ID = strawberry.field(
        description="The id of the job, which may be gone."
    )
    code: str = strawberry.field(
        description=(
            "A stable, upper-case word, for programs; those of the errors of cancelJob"
            " and retryJob, or INTERNAL_ERROR."
        )
    )
    message: str = strawberry.field(
        description="What was expected, what was found and what to do, for people."
    )

    @classmethod
    def of(cls, refusal: bulk.Refusal) -> Self:
        """Show a refusal."""
        return cls(
            job_id=strawberry.ID(job_id_text(refusal.job_id)),
            code=refusal.code,
            message=refusal.message,
        )


@strawberry.type(description="A refusal and its place in the list.")
class BulkRefusalEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="The place of the refusal in the list, for after."
    )
    node: BulkRefusal = strawberry.field(description="The refusal.")


@strawberry.type(
    description="A page of the refusals of a bulk operation, the oldest job first."
)
class BulkRefusalConnection:
    """Relay's connection."""

    edges: list[BulkRefusalEdge] = strawberry.field(
        description="The refusals of the page with their cursors."
    )
    nodes: list[BulkRefusal] = strawberry.field(
        description="The refusals of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )

    @classmethod
    def of(cls, operation_id: UUID, page: Page[bulk.Refusal]) -> Self:
        """Show a page of refusals of one operation."""
        nodes = [BulkRefusal.of(refusal) for refusal in page.items]
        encode = refusal_cursors(operation_id).encode
        cursors = [encode(refusal.job_id) for refusal in page.items]
        return cls(
            edges=[
                BulkRefusalEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
        )


@strawberry.type(
    description=(
        "One action over the jobs that a selection held when it was asked for. Workers"
        " carry it out in the background; each job is handled once and counted once."
    )
)
class BulkOperation(Node):
    """A row of bulk operations."""

    id: strawberry.ID = strawberry.field(
        description="blk_ and the base32 of the operation's UUID."
    )
    action: BulkAction = strawberry.field(description="What is done to each job.")
    status: BulkStatus = strawberry.field(description="How it stands.")
    user_id: strawberry.ID = strawberry.field(description="Who asked for it.")
    reason: str | None = strawberry.field(
        description="Why, in the caller's words; null when they gave none."
    )
    matched_count: int = strawberry.field(
        description="How many jobs the selection held."
    )
    succeeded_count: int = strawberry.field(
        description=(
            "Jobs that it was done to: whose cancel was settled or asked for, or that"
            " run again as a new job."
        )
    )
    skipped_count: int = strawberry.field(
        description=(
            "Jobs that needed nothing: whose end, or whose cancel, had come before."
        )
    )
    failed_count: int = strawberry.field(
        description="Jobs that refused; refusals says why."
    )
    created_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(
        description="When it ended; null while it is RUNNING."
    )
    key: strawberry.Private[UUID]

    @resolved(
        f"Why jobs refused, by the age of the job; the first {MAX_REFUSALS:,} that"
        " refused are kept, and failedCount counts all.",
        directives=[FORWARD_PAGES, OWN_STATEMENT],
    )
    async def refusals(
        self, info: Info, first: First = REFUSALS_PAGE, after: After = None
    ) -> BulkRefusalConnection:
        """Read a page of them."""
        window = refusal_cursors(self.key).window(
            first=first, after=after, last=None, before=None, default=REFUSALS_PAGE
        )
        async with info.context.database.connection() as connection:
            page = await read_refusals(
                connection, self.key, first=window.size, after=window.after
            )
        return BulkRefusalConnection.of(self.key, page)

    @classmethod
    def of(cls, row: bulk.BulkOperation) -> Self:
        """Show a row that was read behind the viewer's wall."""
        return cls(
            id=strawberry.ID(bulk_operation_id_text(row.id)),
            action=BulkAction(row.action),
            status=BulkStatus(row.status),
            user_id=strawberry.ID(row.user_id),
            reason=row.reason,
            matched_count=row.matched_count,
            succeeded_count=row.succeeded_count,
            skipped_count=row.skipped_count,
            failed_count=row.failed_count,
            created_at=row.created_at,
            finished_at=row.finished_at,
            key=row.id,
        )
