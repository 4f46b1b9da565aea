"""`notifications`: what other back ends are told of events, and how that went."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, check, column, one_of
from jobwire.models.vocabulary import NotificationStatus


class Notification(Table, table=True):
    """One event for one target.

    No foreign key to the job: what is on its way arrives, also of a job that is gone.
    """

    __tablename__: ClassVar[str] = "notifications"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("job_id", "job_version", "target"),
        check("status_is_known", one_of("status", NotificationStatus)),
        check("attempts_are_counted_from_zero", "attempts >= 0"),
        check(
            "only_a_pending_one_has_a_next_attempt",
            "(status = 'PENDING') = (next_attempt_at IS NOT NULL)",
        ),
        check(
            "one_that_is_not_pending_has_ended",
            "(status = 'PENDING') = (ended_at IS NULL)",
        ),
        Index(
            "ix_notifications_due",
            "target",
            "next_attempt_at",
            "id",
            postgresql_where=text("status = 'PENDING'"),
        ),
        Index("ix_notifications_status", "status", "id"),
        Index(
            "ix_notifications_ended_at",
            "ended_at",
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        {
            "comment": "What other back ends are told of events, and how that went.",
            "postgresql_with": {"fillfactor": 80},
        },
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7; webhook-id is its TypeID.", key=True)
    job_id: UUID = column(UUID_TYPE, "The job, which may be gone.")
    job_version: int = column(Integer, "The version that the event made.")
    type: str = column(Text, "The type of the message, such as job.succeeded.")
    target: str = column(Text, "Whom it is for: the URL without its query.")
    body: str = column(Text, "The message, byte for byte as it is sent.")
    status: str = column(Text, "How it stands.", default="'PENDING'")
    attempts: int = column(
        Integer, "How often it was sent, in the last series.", default="0"
    )
    # The only due column: a claim moves it to the end of its lease.
    next_attempt_at: datetime | None = column(
        INSTANT, "When it is due, or due again; null: it has ended.", null=True
    )
    status_code: int | None = column(
        Integer, "What the target last answered; null: nothing.", null=True
    )
    error: str | None = column(Text, "Why it was last not taken.", null=True)
    created_at: datetime = column(INSTANT, "When the event was found in the log.")
    ended_at: datetime | None = column(
        INSTANT, "When it was delivered or given up.", null=True
    )
