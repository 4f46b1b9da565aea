"""What every table shares: the naming convention, builders of what belongs to it.

Tables are data. They hold no sessions, no queries and no rules; foreign keys, but
no ORM relationships, so that every read is explicit.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Column, DateTime, MetaData, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.event import listen
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeEngine, UserDefinedType
from sqlmodel import Field, SQLModel

# Our own, so that neither our tables nor our names enter a host's migrations. CHECKs
# carry their whole sentence as their name, so they get no prefix.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "%(constraint_name)s",
    }
)

#: The type of every point in time: `timestamptz`, microseconds.
INSTANT = DateTime(timezone=True)

#: A JSON document.
JSON = JSONB(none_as_null=True)


class Table(SQLModel, registry=registry(metadata=metadata)):
    """The base of every table."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's `xid8`: a 64-bit transaction id that never wraps."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the name of the type in DDL."""
        return "xid8"


def column(
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    comment: str,
    *constraints: Any,
    key: bool = False,
    null: bool = False,
    default: str | None = None,
    name: str | None = None,
) -> Any:
    """Describe one column: its type, what it means, and its default.

    Args:
        kind: The SQL type.
        comment: What the column means; stored as the column's comment.
        *constraints: Foreign keys, identities.
        key: Whether it belongs to the primary key.
        null: Whether NULL is a value of it.
        default: Its default, as SQL.
        name: Its name in SQL, where that differs from the attribute's.
    """
    definition: Column[Any] = Column(
        name,
        kind,
        *constraints,
        primary_key=key,
        nullable=null,
        server_default=None if default is None else text(default),
        comment=comment,
    )
    if null or default is not None or definition.identity is not None:
        return Field(default=None, sa_column=definition)
    return Field(sa_column=definition)


def check(sentence: str, condition: str) -> CheckConstraint:
    """Name a rule of a table by the sentence that it guards.

    Args:
        sentence: At most 63 characters of snake_case; what an error will quote.
        condition: The SQL condition that must not be false.
    """
    return CheckConstraint(condition, name=sentence)


def one_of(column_name: str, words: type[StrEnum] | Iterable[StrEnum]) -> str:
    """Write the SQL condition that holds a column to the given words."""
    return f"{column_name} IN ({', '.join(repr(word.value) for word in words)})"


def make_with(table: SqlTable, *statements: str, before: bool = False) -> None:
    """Have functions and triggers made whenever a table is.

    Args:
        table: The table.
        *statements: Their DDL, in order.
        before: Whether it is the table that needs them.
    """
    for statement in statements:
        # SQLAlchemy has names behind percent signs filled in.
        made = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy does not annotate it
        listen(table, "before_create" if before else "after_create", made)
