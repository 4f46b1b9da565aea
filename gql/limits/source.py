"""How long the text of a document may be, and what stands in it."""

import re
from typing import Any

from graphql import (
    DocumentNode,
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    NameNode,
    Node,
    Visitor,
    visit,
)

from jobwire.gql.json_codec import MAX_DIGITS
from jobwire.gql.limits.exceeded import exceeded

#: Characters of a document.
MAX_LENGTH = 256 * 1024
#: Lines of a document: to say where an error is, they are counted anew each time.
MAX_LINES = 5_000
#: Names, punctuators and values of a document; the parser stops there.
MAX_TOKENS = 10_000
MAX_COMMENTS = 1_000
#: Characters of a name, which errors repeat.
MAX_NAME = 255

_LINE_BREAK = re.compile(r"\r\n|[\n\r]")
_LONG = re.compile(rf"\b\w{{{MAX_NAME + 1}}}", re.ASCII)


def too_large(text: str) -> GraphQLError | None:
    """Return the refusal of a text that is not even parsed."""
    if len(text) > MAX_LENGTH:
        return exceeded("The document has {} characters", len(text), MAX_LENGTH)
    lines = 1 + sum(1 for _ in _LINE_BREAK.finditer(text))
    if lines > MAX_LINES:
        return exceeded("The document has {} lines", lines, MAX_LINES)
    return None


def too_long_tokens(text: str, document: DocumentNode) -> list[GraphQLError]:
    """Return a refusal for the first name or number that is too long.

    Args:
        text: The source of the document; when it holds nothing long, nothing is
            searched.
        document: The document.
    """
    if not _LONG.search(text):
        return []
    tokens = _Tokens()
    visit(document, tokens)
    return tokens.found[:1]


class _Tokens(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[GraphQLError] = []

    def enter_name(self, node: NameNode, *_: Any) -> None:
        self._hold("A name has {} characters", len(node.value), MAX_NAME, node)

    def enter_int_value(self, node: IntValueNode, *_: Any) -> None:
        self._hold("A number has {} digits", len(node.value), MAX_DIGITS, node)

    def enter_float_value(self, node: FloatValueNode, *_: Any) -> None:
        self._hold("A number has {} digits", len(node.value), MAX_DIGITS, node)

    def _hold(self, what: str, found: int, allowed: int, node: Node) -> None:
        if found > allowed:
            self.found.append(exceeded(what, found, allowed, at=node))
