"""What a client of one schema would notice of another one."""

import re
from collections.abc import Iterator

from graphql import (
    DangerousChangeType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    print_ast,
)

#: What the description of an enum, a union or an interface says to its clients: they
#: know what to do with a member that they have not heard of.
PROMISE = "may be added"
#: These may only happen where the description says so.
_PROMISED = {
    DangerousChangeType.VALUE_ADDED_TO_ENUM,
    DangerousChangeType.TYPE_ADDED_TO_UNION,
    DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED,
}
#: No operation that was written before can tell.
_UNNOTICED = {
    DangerousChangeType.OPTIONAL_ARG_ADDED,
    DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
}
#: Directives of the schema that ask nothing of callers.
_HARMLESS = {"cost", "deprecated", "listSize", "specifiedBy"}


def breaking_changes(released: str, current: str) -> list[str]:
    """Return what breaks operations or programs written for a released schema.

    Args:
        released: Its SDL, and that of the other one.
    """
    old, new = build_schema(released), build_schema(current)
    return [
        *(change.description for change in find_breaking_changes(old, new)),
        *_dangers(old, new),
        *_demands(old, new),
    ]


def _dangers(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    promising = {
        name
        for name, kind in old.type_map.items()
        if kind.description and PROMISE in kind.description
    }
    for change in find_dangerous_changes(old, new):
        is_promised = change.type in _PROMISED and not promising.isdisjoint(
            re.findall(r"\w+", change.description)
        )
        if not is_promised and change.type not in _UNNOTICED:
            yield change.description


def _demands(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """Yield the directives that places got, of which graphql-core knows nothing."""
    before = dict(_directives(old))
    for place, now in _directives(new):
        added = now - before.get(place, now)
        for directive in sorted(added):
            yield f"{place} got {directive}."


def _directives(schema: GraphQLSchema) -> Iterator[tuple[str, frozenset[str]]]:
    for name, kind in schema.type_map.items():
        if kind.ast_node is not None:
            yield name, _applied(kind)
        if is_enum_type(kind):
            members = kind.values
        elif (
            is_object_type(kind)
            or is_interface_type(kind)
            or is_input_object_type(kind)
        ):
            members = kind.fields
        else:
            continue
        for member, definition in members.items():
            if definition.ast_node is not None:
                yield f"{name}.{member}", _applied(definition)


def _applied(definition: object) -> frozenset[str]:
    return frozenset(
        print_ast(directive)
        for directive in definition.ast_node.directives or ()
        if directive.name.value not in _HARMLESS
    )
