"""Rows that a statement is given, as one array for each of their columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def given_rows(columns: Mapping[str, str], *, after: int = 0) -> str:
    """Write the FROM item `g`: its rows come as parameters, an array per column.

    Its last column is `nth`, the place of each from 1 on.

    Args:
        columns: Their names and types in SQL, in the order of the parameters.
        after: How many parameters stand before them.
    """
    # Behind subqueries the planner sees no arrays: it would take later ones for longer
    # and plan each time anew, which takes longer than to write one row. That it expects
    # one row, by the last condition, has it look each up by an index, however small the
    # table was when the plan was made that is kept.
    sent = ", ".join(
        f"(SELECT ${position}::{kind}[])"
        for position, kind in enumerate(columns.values(), start=after + 1)
    )
    names = ", ".join(columns)
    return f"""(SELECT {names}, nth
   FROM unnest({sent}) WITH ORDINALITY AS g ({names}, nth)
  WHERE nth = abs(nth)) AS g"""


def arrays(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Return the arrays of at least one row, for the parameters of `given_rows`."""
    return [list(column) for column in zip(*rows, strict=True)]
