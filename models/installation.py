"""`installation`: who we are, on every run that we start."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, check, column


class Installation(Table, table=True):
    """The one row that names this installation of Jobwire."""

    __tablename__: ClassVar[str] = "installation"
    __table_args__: ClassVar[Any] = (
        check("there_is_one_row", "only_row"),
        check(
            "a_place_is_a_cluster_and_a_database",
            "(system_identifier IS NULL) = (database_oid IS NULL)",
        ),
        {"comment": "The name of this installation; one row."},
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    id: UUID = column(UUID_TYPE, "Random; part of the tag on every run.")
    created_at: datetime = column(INSTANT, "When it was first migrated.")
    system_identifier: str | None = column(
        Text,
        "The cluster that it lives in, by pg_control_system(); null: not seen yet.",
        null=True,
    )
    database_oid: int | None = column(
        BigInteger, "The database within it; null: not seen yet.", null=True
    )
