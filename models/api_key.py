"""`api_keys`: long-lived keys of programs."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, check, column


class ApiKey(Table, table=True):
    """One key, by its hash."""

    __tablename__: ClassVar[str] = "api_keys"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("hash"),
        check("hash_is_sha256", "octet_length(hash) = 32"),
        check("operations_per_minute_is_positive", "operations_per_minute > 0"),
        {"comment": "Long-lived keys of programs, by their hash."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    name: str = column(Text, "What it is for.")
    user_id: str = column(Text, "Whom it speaks for.")
    scopes: list[str] = column(ARRAY(Text), "What it may do.", default="'{}'")
    hash: bytes = column(LargeBinary, "SHA-256 of the key.")
    created_at: datetime = column(INSTANT, "When it was made.")
    expires_at: datetime | None = column(INSTANT, "When it ends.", null=True)
    last_used_at: datetime | None = column(INSTANT, "When it last came.", null=True)
    revoked_at: datetime | None = column(INSTANT, "When it was revoked.", null=True)
    operations_per_minute: int | None = column(
        Integer,
        "How many operations it may start in a minute; null: no limit of its own.",
        null=True,
    )
