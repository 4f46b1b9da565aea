"""Rows of which only some columns were selected."""

from typing import Any

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
