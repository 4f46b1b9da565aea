"""`realtime_cursors`: how far each Realtime shape of Trigger.dev was read."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Text

from jobwire.models.base import INSTANT, Table, column


class RealtimeCursor(Table, table=True):
    """How far one shape was read."""

    __tablename__: ClassVar[str] = "realtime_cursors"
    __table_args__: ClassVar[Any] = (
        {"comment": "How far each Realtime shape of Trigger.dev was read."},
    )

    trigger_environment: str = column(Text, "The environment.", key=True)
    shape: str = column(Text, "The shape's query.", key=True)
    handle: str = column(Text, "The server's handle of the shape.")
    offset: str = column(Text, "The last offset folded in.")
    covers_from: datetime | None = column(
        INSTANT,
        "The feed tells of runs made since then; null: it has not caught up.",
        null=True,
    )
    updated_at: datetime = column(
        INSTANT, "When the feed last answered, and all of it was folded in."
    )
