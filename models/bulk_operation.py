"""`bulk_operations`: one action over many jobs, carried out in the background."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Integer, Interval, Text, text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column, one_of
from jobwire.models.vocabulary import BulkAction, BulkStatus, CancelMode


class BulkOperation(Table, table=True):
    """One action over the jobs of a selection."""

    __tablename__: ClassVar[str] = "bulk_operations"
    __table_args__: ClassVar[Any] = (
        check("action_is_known", one_of("action", BulkAction)),
        check("status_is_known", one_of("status", BulkStatus)),
        check("mode_is_known", one_of("mode", CancelMode)),
        check(
            "finished_at_is_set_exactly_when_ended",
            "(finished_at IS NULL) = (status = 'RUNNING')",
        ),
        check(
            "an_operation_is_due_exactly_while_running",
            "(due_at IS NOT NULL) = (status = 'RUNNING')",
        ),
        Index(
            "ix_bulk_operations_due",
            "due_at",
            "id",
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        {"comment": "One action over many jobs, carried out in the background."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    user_id: str = column(Text, "Who asked for it; its wall.")
    scopes: list[str] = column(
        ARRAY(Text), "What they were allowed when they asked.", default="'{}'"
    )
    action: str = column(Text, "What is done to each job.")
    status: str = column(Text, "How it stands.")
    selection: Any = column(JSON, "The ids or the filter, as asked.")
    reason: str | None = column(Text, "Why, in the caller's words.", null=True)
    mode: str | None = column(Text, "How insistent its cancels are.", null=True)
    grace_period: timedelta | None = column(
        Interval, "How long the code of a canceled job may take to stop.", null=True
    )
    due_at: datetime | None = column(
        INSTANT,
        "Its turn: when its next chunk is due, -infinity before the first one.",
        null=True,
    )
    matched_count: int = column(Integer, "Jobs selected.", default="0")
    succeeded_count: int = column(Integer, "Jobs acted on.", default="0")
    skipped_count: int = column(Integer, "Jobs that needed nothing.", default="0")
    failed_count: int = column(Integer, "Jobs that refused.", default="0")
    created_at: datetime = column(INSTANT, "When it was asked for.")
    finished_at: datetime | None = column(INSTANT, "When it ended.", null=True)


class BulkOperationChunk(Table, table=True):
    """Selected jobs that were not handled yet, as many as one transaction takes."""

    __tablename__: ClassVar[str] = "bulk_operation_chunks"
    __table_args__: ClassVar[Any] = (
        {"comment": "Jobs of a bulk operation that were not handled yet."},
    )

    operation_id: UUID = column(
        UUID_TYPE,
        "The operation.",
        ForeignKey("bulk_operations.id", ondelete="CASCADE"),
        key=True,
    )
    number: int = column(Integer, "Their order.", key=True)
    job_ids: list[UUID] = column(ARRAY(UUID_TYPE), "The jobs, in the order of ids.")


class BulkOperationRefusal(Table, table=True):
    """A job that refused what a bulk operation did to the others."""

    __tablename__: ClassVar[str] = "bulk_operation_refusals"
    __table_args__: ClassVar[Any] = (
        {"comment": "Jobs that refused a bulk operation: the first ones, with why."},
    )

    operation_id: UUID = column(
        UUID_TYPE,
        "The operation.",
        ForeignKey("bulk_operations.id", ondelete="CASCADE"),
        key=True,
    )
    job_id: UUID = column(UUID_TYPE, "The job, which may be gone.", key=True)
    code: str = column(Text, "A stable, upper-case word.")
    message: str = column(Text, "What was expected, what was found, what to do.")
