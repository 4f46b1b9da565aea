"""The shape of connections: pages of rows, with their cursors and where they stand."""

from collections.abc import Callable, Mapping
from typing import Any

from jobwire.gql.documents.plans.shapes import How, Made, Part, Shape, Shown
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.queries import Page

#: Returns the cursor of a row.
ToCursor = Callable[[Any], str]


def connection(
    node: Shape,
    cursor: ToCursor,
    *,
    page_of: Callable[[Any], Page[Any]] = lambda page: page,
    beside: Mapping[str, How] | None = None,
) -> Shape:
    """Return the shape of a connection.

    Args:
        node: That of each row.
        cursor: Returns the cursor of a row.
        page_of: Returns the page of what the connection is read from.
        beside: Further fields of the connection.
    """
    edge = Shape(
        {"cursor": Made((), lambda row: f'"{cursor(row)}"'), "node": Part(node)},
        lambda row: row,
    )

    def items(source: Any) -> list[Any]:
        return page_of(source).items

    def page_info(source: Any) -> PageInfo:
        page = page_of(source)
        ends = [page.items[0], page.items[-1]] if page.items else []
        return PageInfo.of(page, [cursor(row) for row in ends])

    return Shape(
        {
            "edges": Part(edge, items),
            "nodes": Part(node, items),
            "pageInfo": Shown(page_info),
            **(beside or {}),
        },
        lambda source: source,
    )
