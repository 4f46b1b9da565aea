"""`bulk_operations`: one action over many jobs, carried out in the background."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column, one_of
from jobwire.models.vocabulary import BulkAction, BulkStatus


class BulkOperation(Table, table=True):
    """One action over the jobs of a selection."""

    __tablename__: ClassVar[str] = "bulk_operations"
    __table_args__: ClassVar[Any] = (
        check("action_is_known", one_of("action", BulkAction)),
        check("status_is_known", one_of("status", BulkStatus)),
        check(
            "finished_at_is_set_exactly_when_ended",
            "(finished_at IS NULL) = (status = 'RUNNING')",
        ),
        Index(
            "ix_bulk_operations_running",
            "id",
            postgresql_where=text("status = 'RUNNING'"),
        ),
        {"comment": "One action over many jobs, carried out in the background."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    user_id: str = column(Text, "Who asked for it; its wall.")
    action: str = column(Text, "What is done to each job.")
    status: str = column(Text, "How it stands.")
    selection: Any = column(JSON, "The ids or the filter.")
    reason: str | None = column(Text, "Why, in the caller's words.", null=True)
    position: UUID | None = column(UUID_TYPE, "The last job handled.", null=True)
    matched_count: int = column(Integer, "Jobs selected.", default="0")
    succeeded_count: int = column(Integer, "Jobs acted on.", default="0")
    skipped_count: int = column(Integer, "Jobs that needed nothing.", default="0")
    failed_count: int = column(Integer, "Jobs that refused.", default="0")
    created_at: datetime = column(INSTANT, "When it was asked for.")
    finished_at: datetime | None = column(INSTANT, "When it ended.", null=True)
