"""The shape of connections: pages of rows, with their cursors and where they stand."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from graphql import GraphQLBoolean

from jobwire.gql.documents.plans.leaves import to_text
from jobwire.gql.documents.plans.made import made, made_or_null
from jobwire.gql.documents.plans.shapes import How, Made, Part, Shape
from jobwire.jobs.queries import Page

#: Returns the cursor of a row.
ToCursor = Callable[[Any], str]

_BOOLEAN = to_text(GraphQLBoolean)
#: Writes a cursor, which has nothing to escape.
_QUOTED = '"{}"'.format


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
    edge = Shape({"cursor": made(cursor, _QUOTED), "node": Part(node)}, lambda row: row)

    def items(source: Any) -> list[Any]:
        return page_of(source).items

    def cursor_at(place: int) -> Made:
        def read(page: Page[Any]) -> str | None:
            return cursor(page.items[place]) if page.items else None

        return made_or_null(read, _QUOTED)

    page_info = Shape(
        {
            "hasNextPage": made(attrgetter("has_next_page"), _BOOLEAN),
            "hasPreviousPage": made(attrgetter("has_previous_page"), _BOOLEAN),
            "startCursor": cursor_at(0),
            "endCursor": cursor_at(-1),
        },
        lambda page: page,
    )
    return Shape(
        {
            "edges": Part(edge, items),
            "nodes": Part(node, items),
            "pageInfo": Part(page_info, page_of),
            **(beside or {}),
        },
        lambda source: source,
    )
