"""How long lists, strings and objects of an input are, in literals and in variables.

Each argument has limits of its own, in the words of what it stands for; these hold for
all, so that nothing has to be read through before it is refused. `JSON` has others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    ObjectValueNode,
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
#: Members of one input object. None has as many, and of each that does not exist
#: validation tells, with all the others.
MAX_MEMBERS = 200

_TEXTS = (GraphQLString, GraphQLID)
_LIST = "A list here has {} items"
_STRING = "A string here has {} characters"
_OBJECT = "An object here has {} members"


class LiteralLengths(ValidationRule):
    """Refuses literals that are too long."""

    def enter_list_value(self, node: ListValueNode, *_: Any) -> None:
        """Look at a list, unless it is part of a `JSON`."""
        kind = self.context.get_parent_input_type()
        is_list = kind is not None and isinstance(get_nullable_type(kind), GraphQLList)
        if is_list and len(node.values) > MAX_LIST:
            self.report_error(exceeded(_LIST, len(node.values), MAX_LIST, at=node))

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> None:
        """Look at an object, unless it is a `JSON` or part of one."""
        kind = self.context.get_input_type()
        is_input = isinstance(get_named_type(kind), GraphQLInputObjectType)
        if is_input and len(node.fields) > MAX_MEMBERS:
            self.report_error(exceeded(_OBJECT, len(node.fields), MAX_MEMBERS, at=node))

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
        self._kinds = [
            (definition.variable.name.value, kind, definition)
            for definition in operation.variable_definitions or ()
            if (kind := _kind(type_from_ast(schema, definition.type))) is not None
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


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type whose values may be too long: a text, a list or an input object.

    Attributes:
        item: What a list holds; None: nothing that may be too long.
        object: The input object; None: it is none.
        is_text: Whether it is a text.
    """

    item: "_Kind | None" = None
    object: GraphQLInputObjectType | None = None
    is_text: bool = False


def _kind(kind: Any) -> _Kind | None:
    """Look into a type; None: its values are never too long."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return _Kind(item=_kind(kind.of_type))
    if isinstance(kind, GraphQLInputObjectType):
        return _Kind(object=kind)
    return _Kind(is_text=True) if kind in _TEXTS else None


@cache
def _members(kind: GraphQLInputObjectType) -> dict[str, _Kind]:
    """Return the members of an input object that may be too long."""
    return {
        name: found
        for name, field in kind.fields.items()
        if (found := _kind(field.type)) is not None
    }


def _lengths(kind: _Kind, value: Any) -> Iterator[tuple[str, int, int]]:
    """Yield the lengths in a value, each before those that it holds."""
    stack = [(kind, value)]
    while stack:
        kind, value = stack.pop()
        if kind.is_text:
            if isinstance(value, str):
                yield _STRING, len(value), MAX_STRING
        elif kind.object is not None:
            if isinstance(value, dict):
                yield _OBJECT, len(value), MAX_MEMBERS
                members = _members(kind.object)
                stack += [
                    (members[name], given)
                    for name, given in value.items()
                    if name in members
                ]
        else:
            items = value if isinstance(value, list) else [value]
            yield _LIST, len(items), MAX_LIST
            if kind.item is not None:
                stack.extend((kind.item, item) for item in items)
