"""`installation`: who we are, on every run that we start."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Boolean
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, check, column


class Installation(Table, table=True):
    """The one row that names this installation of Jobwire."""

    __tablename__: ClassVar[str] = "installation"
    __table_args__: ClassVar[Any] = (
        check("there_is_one_row", "only_row"),
        {"comment": "The name of this installation; one row."},
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    id: UUID = column(UUID_TYPE, "Random; part of the tag on every run.")
    created_at: datetime = column(INSTANT, "When it was first migrated.")
