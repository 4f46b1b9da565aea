"""What an operation selects, for what is only read when it is asked for."""

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
)

from jobwire.gql.context import Info


def selects(info: Info, name: str) -> bool:
    """Whether a field of that name is selected anywhere below, in any type."""
    return _selects(info._raw_info.field_nodes, name, info._raw_info.fragments)  # noqa: SLF001 - what is public is made of all that is selected, each time


def _selects(
    nodes: Iterable[object], name: str, fragments: Mapping[str, FragmentDefinitionNode]
) -> bool:
    for node in nodes:
        below: object = node
        if isinstance(node, FieldNode) and node.name.value == name:
            return True
        if isinstance(node, FragmentSpreadNode):
            below = fragments[node.name.value]
        if (
            isinstance(below, FieldNode | InlineFragmentNode | FragmentDefinitionNode)
            and below.selection_set is not None
            and _selects(below.selection_set.selections, name, fragments)
        ):
            return True
    return False
