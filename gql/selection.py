"""What an operation selects, for what is only read when it is asked for."""

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionNode,
)


def selects(
    selections: Iterable[SelectionNode],
    name: str,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> bool:
    """Whether a field of that name is among them or anywhere below, in any type.

    Args:
        selections: What is selected.
        name: The name in the schema.
        fragments: Those of the document, by name.
    """
    for one in selections:
        below = None
        if isinstance(one, FragmentSpreadNode):
            below = fragments[one.name.value].selection_set
        elif isinstance(one, FieldNode | InlineFragmentNode):
            below = one.selection_set
        if isinstance(one, FieldNode) and one.name.value == name:
            return True
        if below is not None and selects(below.selections, name, fragments):
            return True
    return False
