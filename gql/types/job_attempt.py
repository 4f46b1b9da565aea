"""Tries at jobs."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Self

import strawberry

from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.gql.pagination import attempt_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.job_failure import JobFailure
from jobwire.gql.types.node import Node
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.job import Attempt
from jobwire.jobs.queries import Page
from jobwire.models.vocabulary import AttemptStatus as Status


@strawberry.enum(
    name="AttemptStatus",
    description="Where one attempt at a job stands. Members may be added.",
)
class AttemptStatus(Enum):
    """The published part of `jobwire.models.vocabulary.AttemptStatus`."""

    RUNNING = strawberry.enum_value(
        Status.RUNNING.value, description="Its code is running."
    )
    SUCCEEDED = strawberry.enum_value(
        Status.SUCCEEDED.value, description="Its code returned."
    )
    FAILED = strawberry.enum_value(
        Status.FAILED.value, description="Its code raised an error or ran too long."
    )
    CANCELED = strawberry.enum_value(
        Status.CANCELED.value, description="It stopped because the job was canceled."
    )
    LOST = strawberry.enum_value(
        Status.LOST.value,
        description=(
            "Its worker died or lost the lease; what its code did may be done again. Or"
            " its job was canceled by force, and nobody knows how it ended."
        ),
    )


@strawberry.type(description="One try at a job.")
class JobAttempt(Node):
    """One try."""

    id: strawberry.ID = strawberry.field(
        description="att_, the base32 of the job's UUID, and the attempt's number."
    )
    number: int = strawberry.field(description="1 for the first attempt.")
    status: AttemptStatus = strawberry.field(description="Where it stands.")
    started_at: datetime = strawberry.field(description="When its code started.")
    finished_at: datetime | None = strawberry.field(
        description="When it ended; null while it is RUNNING."
    )
    worker_id: str | None = strawberry.field(
        description="The worker that ran it; null when that is not known."
    )
    retry_at: datetime | None = strawberry.field(
        description=(
            "When the next attempt was to follow, as decided when this one ended; null"
            " when none was, and for TRIGGER, where Trigger.dev decides it."
        )
    )
    backoff: timedelta | None = strawberry.field(
        description=(
            "How long the next attempt had to wait: from finishedAt to retryAt, PT0S"
            " after a lost attempt; null when retryAt is."
        )
    )
    kind: strawberry.Private[str | None]
    kept: strawberry.Private[str | None]

    @resolved("Why it failed; null unless it is FAILED or LOST.")
    def failure(self) -> JobFailure | None:
        """Return what was kept of its failure."""
        return JobFailure.from_text(self.kind, self.kept)

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Show a row of attempts."""
        name = GlobalId(Kind.ATTEMPT, attempt.job_id, attempt.number)
        return cls(
            id=strawberry.ID(str(name)),
            number=attempt.number,
            status=AttemptStatus(attempt.status),
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            worker_id=attempt.worker_id,
            retry_at=attempt.retry_at,
            backoff=attempt.backoff,
            kind=attempt.failure_kind,
            kept=attempt.failure,
        )


@strawberry.type(description="An attempt and its place in the list.")
class JobAttemptEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="The place of the attempt, for after and before."
    )
    node: JobAttempt = strawberry.field(description="The attempt.")


@strawberry.type(description="A page of the attempts of a job, the first one first.")
class JobAttemptConnection:
    """Relay's connection."""

    edges: list[JobAttemptEdge] = strawberry.field(
        description="The attempts of the page with their cursors."
    )
    nodes: list[JobAttempt] = strawberry.field(
        description="The attempts of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )

    @classmethod
    def of(cls, page: Page[Attempt]) -> Self:
        """Show a page of attempts of one job."""
        nodes = [JobAttempt.of(attempt) for attempt in page.items]
        cursors = [
            attempt_cursors(attempt.job_id).encode(attempt.number)
            for attempt in page.items
        ]
        return cls(
            edges=[
                JobAttemptEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
        )
