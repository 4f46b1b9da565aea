"""How deep and how large an operation is with all its fragments spread out.

Each fragment is measured once and its measure is reused, so that a document whose
fragments double at each step costs no more to measure than to read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """The extent of a selection with its fragments spread out.

    Attributes:
        depth: Levels of nested fields, introspection left out.
        fields: Fields, each counted as often as it is spread.
    """

    depth: int
    fields: int


@dataclass(slots=True)
class _Part:
    """What one definition holds by itself, and which fragments it spreads where."""

    depth: int = 0
    fields: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


def measure(document: DocumentNode) -> list[tuple[OperationDefinitionNode, Measure]]:
    """Measure each operation of a document.

    The document need not be valid: an unknown fragment counts nothing, and a cycle of
    fragments counts as if it were cut.
    """
    parts = {
        definition.name.value: _part(definition.selection_set)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    fragments = _fragments(parts)
    return [
        (definition, _combined(_part(definition.selection_set), fragments))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]


def _part(selection_set: SelectionSetNode) -> _Part:
    part = _Part()
    stack = [(selection_set, 0, False)]
    while stack:
        selections, depth, introspects = stack.pop()
        for selection in selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                part.spreads.append((selection.name.value, depth))
            elif isinstance(selection, InlineFragmentNode):
                stack.append((selection.selection_set, depth, introspects))
            elif isinstance(selection, FieldNode):
                part.fields += 1
                hidden = introspects or selection.name.value in ("__schema", "__type")
                if not hidden:
                    part.depth = max(part.depth, depth + 1)
                if selection.selection_set is not None:
                    stack.append(
                        (selection.selection_set, depth + (not hidden), hidden)
                    )
    return part


def _fragments(parts: Mapping[str, _Part]) -> dict[str, Measure]:
    """Measure fragments after those that they spread, without recursion."""
    measured: dict[str, Measure] = {}
    entered: set[str] = set()
    stack = list(parts)
    while stack:
        name = stack[-1]
        if name in measured:
            stack.pop()
        elif name in entered:
            stack.pop()
            measured[name] = _combined(parts[name], measured)
        else:
            entered.add(name)
            stack.extend(
                spread
                for spread, _ in parts[name].spreads
                if spread in parts and spread not in entered
            )
    return measured


def _combined(part: _Part, fragments: Mapping[str, Measure]) -> Measure:
    depth, fields = part.depth, part.fields
    for name, at in part.spreads:
        spread = fragments.get(name)
        if spread is not None:
            depth = max(depth, at + spread.depth)
            fields += spread.fields
    return Measure(depth, fields)
