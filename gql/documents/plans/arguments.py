"""Arguments of fields: what an operation says of them is read once, not at each run."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    VariableNode,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.field import StrawberryField

from jobwire.gql.documents.plans.inputs import Make, maker
from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.documents.variables import variables_in
from jobwire.gql.schema import schema

_UNFIT = "an argument that does not fit"


@dataclass(frozen=True, slots=True)
class _Taken:
    """An argument whose value is that of a variable.

    Attributes:
        own_name: What our own code calls it.
        variable: The name of the variable.
        make: Makes the value of that of the variable; None: it is taken as it is.
        is_nullable: Whether it may be null.
        is_required: Whether it may not be left out.
    """

    own_name: str
    variable: str
    make: Make | None
    is_nullable: bool
    is_required: bool


@dataclass(frozen=True, slots=True)
class _Fixed:
    """An argument whose value is the same in each run, and is made anew for it.

    Attributes:
        own_name: What our own code calls it.
        value: The value as the schema has it.
        make: Makes our own of it.
    """

    own_name: str
    value: Any
    make: Make


class Arguments:
    """The arguments of a selected field, as its code takes them.

    What the operation says is read once. Scalars are taken as they are read, or as a
    variable holds them; lists and objects are made anew for each run, as code may keep
    them.

    Args:
        field: The field of our own.
        definition: The same in the schema.
        node: Where the operation selects it.
    """

    def __init__(
        self, field: StrawberryField, definition: GraphQLField, node: FieldNode
    ) -> None:
        self._node = node
        self._made = {
            schema.config.name_converter.from_argument(one): (
                one.python_name,
                maker(one.type),
            )
            for one in field.arguments
        }
        self._taken: list[_Taken] = []
        given = {one.name.value: one.value for one in node.arguments or ()}
        fixed: dict[str, GraphQLArgument] = {}
        anew: dict[str, GraphQLArgument] = {}
        for name, argument in definition.args.items():
            value = given.get(name)
            own_name, make = self._made[name]
            if isinstance(value, VariableNode) and (
                make is None or argument.default is None
            ):
                self._taken.append(
                    _Taken(
                        own_name,
                        value.name.value,
                        make,
                        not is_non_null_type(argument.type),
                        is_required_argument(argument),
                    )
                )
                if argument.default is not None:
                    fixed[name] = argument
            elif value is None or not variables_in(value):
                fixed[name] = argument
            else:
                anew[name] = argument
        constant = tuple(
            one
            for one in node.arguments or ()
            if one.name.value not in anew and not isinstance(one.value, VariableNode)
        )
        read = get_argument_values(
            GraphQLField(definition.type, fixed),
            FieldNode(name=node.name, arguments=constant),
        )
        self._once: dict[str, Any] = {}
        self._fixed: list[_Fixed] = []
        for name, value in read.items():
            own_name, make = self._made[name]
            if make is None:
                self._once[own_name] = value
            else:
                self._fixed.append(_Fixed(own_name, value, make))
        self._anew = GraphQLField(definition.type, anew) if anew else None

    def __call__(self, variables: VariableValues) -> dict[str, Any]:
        """Return them by the names of the code's parameters.

        Raises:
            Exception: They do not fit; the executor says why.
        """
        arguments = self._once.copy()
        for fixed in self._fixed:
            arguments[fixed.own_name] = fixed.make(fixed.value)
        coerced = variables.coerced
        for taken in self._taken:
            if taken.variable in coerced:
                value = coerced[taken.variable]
                if value is None and not taken.is_nullable:
                    raise Unplanned(_UNFIT)
                arguments[taken.own_name] = (
                    value if taken.make is None else taken.make(value)
                )
            elif taken.is_required:
                raise Unplanned(_UNFIT)
        if self._anew is not None:
            read = get_argument_values(self._anew, self._node, variables)
            for name, value in read.items():
                own_name, make = self._made[name]
                arguments[own_name] = value if make is None else make(value)
        return arguments
