"""How large an operation is, in each way, with all its fragments spread out.

Each fragment is measured once and its measure is reused, so that a document whose
fragments double at each step costs no more to measure than to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """The extent of an operation with its fragments spread out.

    Attributes:
        depth: Levels of nested fields, introspection left out.
        roots: Fields of the root, each counted as often as it is spread.
        fields: All fields, counted alike.
        aliases: Those of them that are renamed.
        directives: Directives, counted alike, with those of definitions.
        directives_at_once: The most that stand at one place.
    """

    depth: int = 0
    roots: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    directives_at_once: int = 0


@dataclass(slots=True)
class _Part:
    """What one definition holds by itself, and which fragments it spreads where."""

    depth: int = 0
    roots: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    directives_at_once: int = 0
    spreads: list[tuple[str, int, bool]] = field(default_factory=list)

    def take(self, directives: Sequence[DirectiveNode] | None) -> None:
        """Count the directives of one place."""
        count = len(directives or ())
        self.directives += count
        self.directives_at_once = max(self.directives_at_once, count)


def measure(document: DocumentNode) -> list[tuple[OperationDefinitionNode, Measure]]:
    """Measure each operation of a document.

    The document need not be valid: an unknown fragment counts nothing, and a cycle of
    fragments counts as if it were cut.
    """
    parts = {
        definition.name.value: _part(definition)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    fragments = _fragments(parts)
    return [
        (definition, _combined(_part(definition), fragments))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]


def _part(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Part:
    part = _Part()
    part.take(definition.directives)
    for variable in definition.variable_definitions or ():
        part.take(variable.directives)
    stack = [(definition.selection_set, 0, True, False)]
    while stack:
        selections, depth, is_root, introspects = stack.pop()
        for selection in selections.selections:
            part.take(selection.directives)
            if isinstance(selection, FragmentSpreadNode):
                part.spreads.append((selection.name.value, depth, is_root))
            elif isinstance(selection, InlineFragmentNode):
                stack.append((selection.selection_set, depth, is_root, introspects))
            elif isinstance(selection, FieldNode):
                part.fields += 1
                part.roots += is_root
                part.aliases += selection.alias is not None
                hidden = introspects or selection.name.value in ("__schema", "__type")
                if not hidden:
                    part.depth = max(part.depth, depth + 1)
                if selection.selection_set is not None:
                    below = depth + (not hidden)
                    stack.append((selection.selection_set, below, False, hidden))
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
                for spread, *_ in parts[name].spreads
                if spread in parts and spread not in entered
            )
    return measured


def _combined(part: _Part, fragments: Mapping[str, Measure]) -> Measure:
    depth, roots = part.depth, part.roots
    fields, aliases, directives = part.fields, part.aliases, part.directives
    at_once = part.directives_at_once
    for name, at, is_root in part.spreads:
        spread = fragments.get(name)
        if spread is not None:
            depth = max(depth, at + spread.depth)
            roots += spread.roots if is_root else 0
            fields += spread.fields
            aliases += spread.aliases
            directives += spread.directives
            at_once = max(at_once, spread.directives_at_once)
    return Measure(depth, roots, fields, aliases, directives, at_once)
