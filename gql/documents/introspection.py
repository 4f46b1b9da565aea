"""Where a document asks for the schema."""

import re
from typing import Any

from graphql import DocumentNode, FieldNode, Visitor, visit

_FIELDS = frozenset({"__schema", "__type"})
#: What a document without any of them does not say; most are told apart by it.
_NAMES = re.compile(r"__(?:schema|type)\b")


class _Introspection(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[FieldNode] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in _FIELDS:
            self.fields.append(node)


def introspection_fields(text: str, ast: DocumentNode) -> tuple[FieldNode, ...]:
    """Return the fields that ask for the schema, in operations and in fragments.

    Names that begin with two underscores are GraphQL's own, so what is called like them
    is them. `__typename` is none of them.
    """
    if _NAMES.search(text) is None:
        return ()
    found = _Introspection()
    visit(ast, found)
    return tuple(found.fields)
