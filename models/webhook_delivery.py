"""`webhook_deliveries`: the inbox, each event stored once."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column


class WebhookDelivery(Table, table=True):
    """One event that was posted to us."""

    __tablename__: ClassVar[str] = "webhook_deliveries"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("source", "event_id"),
        check("deliveries_are_positive", "deliveries > 0"),
        Index(
            "ix_webhook_deliveries_unhandled",
            "received_at",
            postgresql_where=text("handled_at IS NULL"),
        ),
        Index("ix_webhook_deliveries_received_at", "received_at"),
        Index(
            "ix_webhook_deliveries_job_id",
            "job_id",
            postgresql_where=text("job_id IS NOT NULL"),
        ),
        {"comment": "The inbox: each posted event once, kept at least 30 days."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    source: str = column(Text, "Who posted it.")
    event_id: str = column(Text, "The poster's id of the event.")
    body: Any = column(JSON, "The event as posted; {} once its job was deleted.")
    job_id: UUID | None = column(
        UUID_TYPE,
        "The job that it tells of, as far as it was known when it came.",
        null=True,
    )
    received_at: datetime = column(INSTANT, "When it first came.")
    handled_at: datetime | None = column(
        INSTANT, "When it was folded in; null: not yet.", null=True
    )
    deliveries: int = column(Integer, "How often it came.", default="1")
    error: str | None = column(Text, "Why folding it in last failed.", null=True)
