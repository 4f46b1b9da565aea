"""Which variables are used, and which of them shape what results look like."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


def variables_in(*nodes: Node) -> frozenset[str]:
    """Return the variables that are used anywhere in some nodes."""
    found = _Variables()
    for node in nodes:
        visit(node, found)
    return frozenset(found.names)


def shaping_variables(
    document: DocumentNode, operation: OperationDefinitionNode
) -> frozenset[str]:
    """Return the variables that are used otherwise than as arguments of root fields.

    Two runs of a subscription that follow the same thing and agree in these variables
    give the same results: what its arguments chose is already in what it follows. A
    root field of a subscription has no directives.
    """
    shaping: list[Node] = [
        definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    ]
    for selection in operation.selection_set.selections:
        if not isinstance(selection, FieldNode):
            shaping.append(selection)
        elif selection.selection_set is not None:
            shaping.append(selection.selection_set)
    return variables_in(*shaping)
