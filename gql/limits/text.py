"""Text that PostgreSQL cannot store, found wherever an operation carries text."""

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    StringValueNode,
    Visitor,
    VisitorAction,
    visit,
)

from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.scalars import is_unstorable

# The parser refuses lone surrogates itself, and a NUL only unescaped.
_ESCAPED_NUL = re.compile(r"\\u(?:0000|\{0+\})")


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[StringValueNode] = []

    def enter_string_value(
        self, node: StringValueNode, *_: Any
    ) -> VisitorAction | None:
        if is_unstorable(node.value):
            self.found.append(node)
        return None


def unstorable_literals(text: str, document: DocumentNode) -> list[GraphQLError]:
    """Return a refusal for each string literal that holds a NUL character.

    Args:
        text: The source of the document; without an escaped NUL there is no search.
        document: The document.
    """
    if not _ESCAPED_NUL.search(text):
        return []
    literals = _Literals()
    visit(document, literals)
    return [
        GraphQLError(
            "Strings must not hold NUL characters.",
            node,
            extensions={"code": ErrorCode.BAD_USER_INPUT.value},
        )
        for node in literals.found
    ]


def unstorable_variable(variables: Mapping[str, Any]) -> str | None:
    """Return the first variable that holds a NUL or a lone surrogate somewhere."""
    for name, value in variables.items():
        stack = [value]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                if is_unstorable(item):
                    return name
            elif isinstance(item, dict):
                stack.extend(item)
                stack.extend(item.values())
            elif isinstance(item, list):
                stack.extend(item)
    return None
