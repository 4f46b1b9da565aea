"""How long the lists and strings of an input are, in literals and in variables.

Each argument has limits of its own, in the words of what it stands for; these hold for
all, so that nothing has to be read through before it is refused. `JSON` has others.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValidationRule,
    get_named_type,
    get_nullable_type,
    type_from_ast,
)

from jobwire.gql.limits.exceeded import exceeded

#: Items of one list: more than any argument takes, so that its own words come first.
MAX_LIST = 2_000
#: Characters of one `String` or `ID`.
MAX_STRING = 10_000

_TEXTS = (GraphQLString, GraphQLID)
_LIST = "A list here has {} items"
_STRING = "A string here has {} characters"


class LiteralLengths(ValidationRule):
    """Refuses literals that are too long."""

    def enter_list_value(self, node: ListValueNode, *_: Any) -> None:
        """Look at a list, unless it is part of a `JSON`."""
        kind = self.context.get_parent_input_type()
        is_list = kind is not None and isinstance(get_nullable_type(kind), GraphQLList)
        if is_list and len(node.values) > MAX_LIST:
            self.report_error(exceeded(_LIST, len(node.values), MAX_LIST, at=node))

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        """Look at a string, unless it is part of a `JSON`."""
        kind = self.context.get_input_type()
        is_text = kind is not None and get_named_type(kind) in _TEXTS
        if is_text and len(node.value) > MAX_STRING:
            self.report_error(exceeded(_STRING, len(node.value), MAX_STRING, at=node))


class VariableLengths:
    """Which variables of an operation may hold something too long.

    Args:
        schema: What the operation was validated against.
        operation: The operation.
    """

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode
    ) -> None:
        kinds = [
            (definition, type_from_ast(schema, definition.type))
            for definition in operation.variable_definitions or ()
        ]
        self._kinds = [
            (definition.variable.name.value, kind, definition)
            for definition, kind in kinds
            if _may_be_long(kind)
        ]

    def refusal(self, variables: Mapping[str, Any]) -> GraphQLError | None:
        """Return the refusal of the first that holds something too long.

        Values that do not fit their types are left to the executor.
        """
        for name, kind, definition in self._kinds:
            for what, found, allowed in _lengths(kind, variables.get(name)):
                if found > allowed:
                    return exceeded(
                        f"In the variable ${name}, {what[0].lower()}{what[1:]}",
                        found,
                        allowed,
                        at=definition,
                    )
        return None


def _may_be_long(kind: Any) -> bool:
    kind = get_nullable_type(kind)
    return isinstance(kind, GraphQLList | GraphQLInputObjectType) or kind in _TEXTS


def _lengths(kind: Any, value: Any) -> Iterator[tuple[str, int, int]]:
    """Yield the lengths in a value, each before those that it holds."""
    stack = [(kind, value)]
    while stack:
        kind, value = stack.pop()
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            items = value if isinstance(value, list) else [value]
            yield _LIST, len(items), MAX_LIST
            stack.extend((kind.of_type, item) for item in items)
        elif isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
            stack.extend(
                (field.type, value[name])
                for name, field in kind.fields.items()
                if name in value
            )
        elif kind in _TEXTS and isinstance(value, str):
            yield _STRING, len(value), MAX_STRING
