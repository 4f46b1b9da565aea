"""What an operation costs, by the declared costs of its fields.

The price is worked out once per document, as a sum in which only those sizes of pages
are open that variables say. No fragment is spread out for it, and a request adds up
only what its variables change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from jobwire.gql.limits.weights import Weight, Weights

Variables = Mapping[str, Any]
#: How often something counts, which variables may say.
Times = Callable[[Variables], int]

#: The whole schema is read and written each time, and once more for each alias in it:
#: what has one name is merged.
_INTROSPECTION = {"__schema": 1_000, "__type": 100}
#: No list is longer; what asks for more is refused by the list itself, in its words.
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Price:
    """A price whose variables are still open.

    Attributes:
        fixed: What it is in any case.
        open: What comes on top, each price as often as the variables say.
    """

    fixed: int = 0
    open: "tuple[tuple[Times, Price], ...]" = ()

    def of(self, variables: Variables) -> int:
        """Return the price for the values of the variables."""
        return self.fixed + sum(
            times(variables) * price.of(variables) for times, price in self.open
        )

    def plus(self, other: "Price") -> "Price":
        """Return both together."""
        return Price(self.fixed + other.fixed, self.open + other.open)

    def by(self, times: "Times | int") -> "Price":
        """Return it so many times."""
        if not isinstance(times, int):
            return Price(0, ((times, self),))
        if times == 1 or self == _FREE:
            return self
        if not self.open:
            return Price(self.fixed * times)
        return Price(0, ((lambda _: times, self),))


_FREE = Price()


@dataclass(frozen=True, slots=True)
class OperationPrice:
    """What an operation costs.

    Attributes:
        price: For the values of all variables.
        defaults: The values of those that a request leaves out.
    """

    price: Price
    defaults: Variables

    def of(self, variables: Variables) -> int:
        """Return the price for the variables of a request, valid or not."""
        if not self.price.open:
            return self.price.fixed
        return self.price.of({**self.defaults, **variables})


def price(
    schema: GraphQLSchema,
    weights: Weights,
    document: DocumentNode,
    operation: OperationDefinitionNode,
) -> OperationPrice:
    """Work out what an operation costs.

    Args:
        schema: What the document was validated against.
        weights: What the fields of the schema cost.
        document: The document, valid.
        operation: One of its operations.
    """
    root = schema.get_root_type(operation.operation)
    selections = _Pricing(schema, weights, document).selections
    return OperationPrice(
        _FREE if root is None else selections(operation.selection_set, root, None),
        {
            variable.variable.name.value: value_from_ast_untyped(variable.default_value)
            for variable in operation.variable_definitions or ()
            if variable.default_value is not None
        },
    )


class _Pricing:
    """Works out prices of selections, those of each fragment once."""

    def __init__(
        self, schema: GraphQLSchema, weights: Weights, document: DocumentNode
    ) -> None:
        self._schema = schema
        self._weights = weights
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, _Items | None], Price] = {}
        self._aliases_of: dict[str, int] = {}

    def selections(
        self, selected: SelectionSetNode, on: GraphQLNamedType, items: "_Items | None"
    ) -> Price:
        """Return what is selected of one object.

        Args:
            selected: The selection.
            on: The type of the object.
            items: Which of its fields hold items whose number was said above.
        """
        total = _FREE
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                found = self._field(selection, on, items)
            elif isinstance(selection, FragmentSpreadNode):
                found = self._spread(selection.name.value, items)
            elif isinstance(selection, InlineFragmentNode):
                narrowed = self._narrowed(selection.type_condition, on)
                found = self.selections(selection.selection_set, narrowed, items)
            else:
                continue
            for times in map(_times_of, selection.directives or ()):
                found = found.by(times)
            total = total.plus(found)
        return total

    def _spread(self, name: str, items: "_Items | None") -> Price:
        known = self._known.get((name, items))
        if known is None:
            fragment = self._fragments[name]
            on = self._schema.type_map[fragment.type_condition.name.value]
            known = self.selections(fragment.selection_set, on, items)
            self._known[name, items] = known
        return known

    def _aliases(self, selected: SelectionSetNode | None) -> int:
        """Return how many fields are renamed, each as often as it is spread."""
        total = 0
        for selection in selected.selections if selected is not None else ():
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._aliases_of:
                    fragment = self._fragments[name]
                    self._aliases_of[name] = self._aliases(fragment.selection_set)
                total += self._aliases_of[name]
            if isinstance(selection, FieldNode):
                total += selection.alias is not None
            if isinstance(selection, FieldNode | InlineFragmentNode):
                total += self._aliases(selection.selection_set)
        return total

    def _narrowed(
        self, condition: NamedTypeNode | None, on: GraphQLNamedType
    ) -> GraphQLNamedType:
        return on if condition is None else self._schema.type_map[condition.name.value]

    def _field(
        self, field: FieldNode, on: GraphQLNamedType, items: "_Items | None"
    ) -> Price:
        name = field.name.value
        weight = self._weights.get((on.name, name))
        if weight is None:
            once = _INTROSPECTION.get(name, 0)
            return Price(once and once * (1 + self._aliases(field.selection_set)))
        size = _size(field, weight)
        held = None
        if items is not None and name in items.fields:
            times: Times | int = items.times
        elif weight.sized:
            times, held = 1, _Items(weight.sized, size)
        else:
            times = size
        one = Price(weight.item)
        if field.selection_set is not None:
            kind = on.fields[name].type  # type: ignore[attr-defined]  # it has weights
            answered = get_named_type(kind)
            one = one.plus(self.selections(field.selection_set, answered, held))
        return Price(weight.own).plus(one.by(times))


@dataclass(frozen=True, slots=True)
class _Items:
    """How many items some fields of an object hold."""

    fields: frozenset[str]
    times: Times | int


def _times_of(directive: DirectiveNode) -> Times | int:
    """Return how often what carries a directive is there."""
    argument = next((one.value for one in directive.arguments or ()), None)
    skips = directive.name.value == "skip"
    if isinstance(argument, BooleanValueNode):
        return int(argument.value is not skips)
    if isinstance(argument, VariableNode):
        name = argument.name.value
        return lambda variables: int(variables.get(name) is not skips)
    return 1


def _size(field: FieldNode, weight: Weight) -> Times | int:
    """Return how many items a field has."""
    if not weight.slicing:
        return weight.assumed
    arguments = {one.name.value: one.value for one in field.arguments or ()}
    values = [_value(arguments.get(path[0]), path[1:]) for path in weight.slicing]
    fixed = [value for value in values if not callable(value)]
    if len(fixed) == len(values):
        return _largest(fixed, weight)
    return lambda variables: _largest(
        [value(variables) if callable(value) else value for value in values], weight
    )


def _largest(values: Sequence[Any], weight: Weight) -> int:
    said = [_count(value) for value in values if value is not None]
    return max(said or weight.defaults or (weight.assumed,))


def _count(value: Any) -> int:
    """Return how many items a value asks for: a number, or a list of some."""
    if isinstance(value, list):
        return min(len(value), _LONGEST)
    # A whole number may also be written as 100.0 or 1e2, and is then read as an Int.
    if isinstance(value, int | float):
        return int(min(max(value, 0), _LONGEST))
    # One value counts as a list of it; whatever is no size is refused as such.
    return 1


def _value(node: ValueNode | None, path: Sequence[str]) -> Any:
    """Return what stands in an argument, or what reads it from the variables."""
    if isinstance(node, VariableNode):
        return _reader(node.name.value, path)
    if path and isinstance(node, ObjectValueNode):
        members = {member.name.value: member.value for member in node.fields}
        return _value(members.get(path[0]), path[1:])
    if isinstance(node, ListValueNode):
        return list(node.values)
    if isinstance(node, IntValueNode):
        return int(node.value)
    return None if node is None or isinstance(node, NullValueNode) else node


def _reader(name: str, path: Sequence[str]) -> Callable[[Variables], Any]:
    def read(variables: Variables) -> Any:
        value = variables.get(name)
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    return read
