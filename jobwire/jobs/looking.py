"""Looking: how wanted rows are taken out of a range that is read in its order.

What makes a row wanted is asked outside a subquery that the planner does not look
through: it cannot combine other indexes for it. And it is asked as an expression, of
which the planner expects that half of the rows have it: it does not believe that so few
are left that all of them may as well be read and sorted.
"""


def look(
    ordered: str,
    *,
    wanted: str,
    limit: int,
    looks: int | None = None,
    columns: str = "*",
) -> str:
    """Write the statement that takes the first wanted rows.

    It has one column more, `is_cut`: a row where that is true is no wanted one, but
    stands for itself and all behind it, which were not looked at.

    Args:
        ordered: The statement of the range, with its order and without a limit.
        wanted: The condition.
        limit: How many rows at most.
        looks: How many rows are looked at; None: as many as it takes.
        columns: What of each row is taken.
    """
    is_wanted = f"CASE WHEN {wanted} THEN true END"
    if looks is None:
        return (
            f"SELECT {columns}, false AS is_cut FROM ({ordered} OFFSET 0) AS fenced"
            f" WHERE {is_wanted} LIMIT {limit}"
        )
    taken = columns if columns == "*" else f"{columns}, is_cut"
    return (
        f"SELECT {taken} FROM (SELECT *, row_number() OVER () > {looks} AS is_cut"
        f" FROM ({ordered} LIMIT {looks + 1}) AS fenced) AS numbered"
        f" WHERE is_cut OR {is_wanted} LIMIT {limit}"
    )
