"""How much JSON an operation makes of its variables, each as often as it is used.

A literal may hold one variable in thousands of places, so that a small request is read,
and stored, as a huge one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from jobwire.gql.limits.exceeded import exceeded

#: Characters of JSON, twice those of a whole request.
MAX_REPEATED = 2 * 1024 * 1024
#: About what a number, a boolean and null take.
_SHORT = 4
_BITS_OF_A_DIGIT = 3.33


def repeated_variables(
    document: DocumentNode, operation: OperationDefinitionNode
) -> Mapping[str, int]:
    """Return how often an operation uses each variable; empty: none more than once.

    Args:
        document: The document, valid.
        operation: One of its operations.
    """
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    known: dict[str, Counter[str]] = {}

    def uses_in(node: Node) -> Counter[str]:
        found = _Uses()
        visit(node, found)
        total = Counter(found.variables)
        for name, times in found.spreads.items():
            if name not in known:
                known[name] = uses_in(fragments[name].selection_set)
            for variable, uses in known[name].items():
                total[variable] += times * uses
        return total

    total = uses_in(operation.selection_set)
    return total if any(uses > 1 for uses in total.values()) else {}


def too_much_repeated(
    uses: Mapping[str, int],
    variables: Mapping[str, Any],
    operation: OperationDefinitionNode,
) -> GraphQLError | None:
    """Return the refusal of variables whose JSON, as often as used, is too much.

    Args:
        uses: What `repeated_variables` returned.
        variables: The values of the variables, defaults included, valid or not.
        operation: The operation.
    """
    found = sum(
        times * _characters(variables[name])
        for name, times in uses.items()
        if name in variables
    )
    if found <= MAX_REPEATED:
        return None
    return exceeded(
        "The variables, each as often as it is used, have {} characters of JSON",
        found,
        MAX_REPEATED,
        at=operation,
    )


class _Uses(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: Counter[str] = Counter()
        self.spreads: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables[node.name.value] += 1

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.spreads[node.name.value] += 1


def _characters(value: Any) -> int:
    """Return about how many characters a value has as JSON, at least one."""
    total = 0
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            total += len(item) + 2
        elif isinstance(item, dict):
            total += 2 + 2 * len(item)
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            total += 2 + len(item)
            stack.extend(item)
        elif isinstance(item, int) and not isinstance(item, bool):
            total += 1 + int(item.bit_length() / _BITS_OF_A_DIGIT)
        else:
            total += _SHORT
    return total
