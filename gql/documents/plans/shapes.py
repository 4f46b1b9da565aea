"""Shapes: how the fields of a type are read from rows, without an object of its class.

A field is made by PostgreSQL as JSON text, or here of some columns, or by its own code,
which is then given a row that has only those columns. Texts that follow one another are
one column.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from jobwire.jobs.selected import Selection


@dataclass(frozen=True, slots=True)
class Text:
    """A field that PostgreSQL writes.

    Attributes:
        sql: An expression of text, never NULL, that is JSON with what stands around it.
        before: What stands before it, always the same.
        after: What stands behind it, always the same.
    """

    sql: str
    before: str = ""
    after: str = ""

    @property
    def whole(self) -> str:
        """The expression with what stands around it."""
        before = f"{quote(self.before)} || " if self.before else ""
        after = f" || {quote(self.after)}" if self.after else ""
        return f"{before}{self.sql}{after}"


@dataclass(frozen=True, slots=True)
class Made:
    """A field that is written here.

    Attributes:
        columns: What is read for it.
        write: Makes JSON text of the row.
    """

    columns: tuple[str, ...]
    write: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Code:
    """A field whose own code makes it of a row with some columns.

    Attributes:
        columns: What the code reads.
        is_null_with: The one that is null where there is nothing to show; None: none.
    """

    columns: tuple[str, ...] = ()
    is_null_with: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A field that shows a part of what is there, in a shape of its own.

    Attributes:
        shape: That of the part, or of each of its items.
        read: Returns the part.
    """

    shape: "Shape"
    read: Callable[[Any], Any] = field(default=lambda whole: whole)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A field that shows something of each row, read for all rows at once.

    Attributes:
        columns: What of a row it is read by.
        read: Gets the context, the rows and the field's arguments; returns what is
            shown of each, in their order.
        shape: That of what is shown.
    """

    columns: tuple[str, ...]
    read: Callable[..., Awaitable[Sequence[Any]]]
    shape: "Shape"


How: TypeAlias = Text | Made | Code | Part | Loaded


@dataclass(frozen=True, slots=True)
class Shape:
    """How each field of a type is read.

    Attributes:
        fields: By their names.
        source: Makes what the code of its fields is called on.
    """

    fields: Mapping[str, How]
    source: Callable[[Any], Any]


class SelectList:
    """What is selected of each row, everything once; its id comes first."""

    def __init__(self, column: Callable[[str], str]) -> None:
        """Begin with the id.

        Args:
            column: Writes how a column is selected under its own name.
        """
        self._column = column
        self._selected: dict[str, None] = {column("id"): None}
        self._texts: list[str] = []
        self._is_read_by_name = False

    def columns(self, names: tuple[str, ...]) -> None:
        """Select columns that are read by their own names."""
        for name in names:
            self._selected[self._column(name)] = None
            self._is_read_by_name = True

    def text(self, sql: str) -> int:
        """Select an expression of text; return its place in a row."""
        place = len(self._selected)
        self._selected[f"{sql} AS text_{place}"] = None
        self._texts.append(sql)
        return place

    def selection(self) -> Selection:
        """Write it."""
        texts = None if self._is_read_by_name else tuple(self._texts)
        return Selection(", ".join(self._selected), texts)


def quote(text: str) -> str:
    """Write a text without backslashes as a literal of SQL."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
