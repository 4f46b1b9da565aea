"""Rows of which only some columns were selected."""

from typing import Any, NamedTuple, TypeAlias

import asyncpg


class Selected(asyncpg.Record):
    """A row whose columns are its attributes, as those of `Job` are."""

    def __getattr__(self, name: str) -> Any:
        """Return a column.

        Raises:
            AttributeError: It was not selected.
        """
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


#: A row of a page, its values in their places.
SelectedRow: TypeAlias = Selected | tuple[Any, ...]


class Selection(NamedTuple):
    """What is selected of each job of a page; its id comes first.

    Attributes:
        columns: A select list of columns of `j`.
        texts: The expressions of text that follow the id; None: other columns do.
    """

    columns: str
    texts: tuple[str, ...] | None = None
