"""`feed_state` and `feed_witness`: what makes a cursor trustworthy.

After a crash PostgreSQL may hand out transaction ids again, and a cursor of before
would silently skip what they write. `feed_witness` is UNLOGGED: a crash, a failover
or a restore without it empties it, and an empty or foreign witness starts a new
epoch, so that every older cursor is answered with a reset.
"""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, LargeBinary, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import Table, Xid8, check, column


class FeedState(Table, table=True):
    """The one durable row: the epoch, the floor and the key of cursors."""

    __tablename__: ClassVar[str] = "feed_state"
    __table_args__: ClassVar[Any] = (
        check("there_is_one_row", "only_row"),
        {"comment": "The epoch, the floor and the key of cursors; one row."},
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    epoch: UUID = column(UUID_TYPE, "Cursors of another epoch are reset.")
    floor: int = column(
        Xid8, "Events of older transactions may be deleted.", default="'0'"
    )
    cursor_key: bytes = column(LargeBinary, "Signs cursors; 32 bytes.")


class FeedWitness(Table, table=True):
    """The one row that a crash forgets: proof that its epoch still holds."""

    __tablename__: ClassVar[str] = "feed_witness"
    __table_args__: ClassVar[Any] = (
        check("there_is_one_row", "only_row"),
        {
            "comment": "UNLOGGED: emptied by a crash, which then starts a new epoch.",
            "prefixes": ["UNLOGGED"],
        },
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    epoch: UUID = column(UUID_TYPE, "The epoch that it is the witness of.")
    system_identifier: str = column(Text, "The cluster, by pg_control_system().")
    database_oid: int = column(BigInteger, "The database within it.")
