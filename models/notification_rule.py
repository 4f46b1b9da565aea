"""`notification_rules`: whom types of job notify, as the workers that have them say."""

from typing import Any, ClassVar

from sqlalchemy import ARRAY, Text

from jobwire.models.base import Table, column


class NotificationRule(Table, table=True):
    """One target of one type: the recorder may be a worker without the type."""

    __tablename__: ClassVar[str] = "notification_rules"
    __table_args__: ClassVar[Any] = (
        {"comment": "Whom types of job notify, as the workers that have them say."},
    )

    type: str = column(Text, "The type of job.", key=True)
    target: str = column(Text, "The URL without its query.", key=True)
    events: list[str] = column(ARRAY(Text), "The types of messages.")
