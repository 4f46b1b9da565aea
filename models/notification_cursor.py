"""`notification_cursor`: up to where the log was turned into notifications."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, check, column


class NotificationCursor(Table, table=True):
    """A position in the log of events; no row while nobody is to be notified."""

    __tablename__: ClassVar[str] = "notification_cursor"
    __table_args__: ClassVar[Any] = (
        check("there_is_at_most_one_row", "only_row"),
        {"comment": "Up to where the log was turned into notifications."},
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    epoch: UUID = column(UUID_TYPE, "The epoch of the log.")
    base: str = column(Text, "The pg_snapshot up to which every event was read.")
    target: str | None = column(
        Text, "The pg_snapshot of a read that goes on; null: none does.", null=True
    )
    last_id: int = column(BigInteger, "The last event of that read.", default="0")
    moved_at: datetime = column(INSTANT, "When it last moved.")
