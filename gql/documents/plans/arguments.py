"""Arguments of fields: what an operation says of them is read once, not at each run."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    ValueNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import (
    StrawberryArgument,
    convert_argument,
    convert_arguments,
)
from strawberry.types.base import StrawberryMaybe
from strawberry.types.field import StrawberryField

from jobwire.gql.context import Info
from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.schema import schema

_UNFIT = "an argument that does not fit"


@dataclass(frozen=True, slots=True)
class _Taken:
    """An argument whose value is that of a variable.

    Attributes:
        argument: What our own code calls it.
        name: Its name in the schema.
        variable: The name of the variable.
        is_leaf: Whether the value is taken as it is.
        is_nullable: Whether it may be null.
        is_required: Whether it may not be left out.
    """

    argument: StrawberryArgument
    name: str
    variable: str
    is_leaf: bool
    is_nullable: bool
    is_required: bool


class Arguments:
    """The arguments of a selected field, as its code takes them.

    Scalars are read once, or are what a variable holds. Everything else is made anew
    for each run, as code may keep it.

    Args:
        field: The field of our own.
        definition: The same in the schema.
        node: Where the operation selects it.
    """

    def __init__(
        self, field: StrawberryField, definition: GraphQLField, node: FieldNode
    ) -> None:
        self._field = field
        self._node = node
        self._taken: list[_Taken] = []
        own = {
            schema.config.name_converter.from_argument(one): one
            for one in field.arguments
        }
        given = {one.name.value: one.value for one in node.arguments or ()}
        once: dict[str, GraphQLArgument] = {}
        anew: dict[str, GraphQLArgument] = {}
        for name, argument in definition.args.items():
            value = given.get(name)
            is_plain = is_leaf_type(
                get_nullable_type(argument.type)
            ) and not isinstance(own[name].type, StrawberryMaybe)
            if isinstance(value, VariableNode) and (
                is_plain or argument.default is None
            ):
                self._taken.append(
                    _Taken(
                        own[name],
                        name,
                        value.name.value,
                        is_plain,
                        not is_non_null_type(argument.type),
                        is_required_argument(argument),
                    )
                )
                if argument.default is not None:
                    once[name] = argument
            elif is_plain and (value is None or not _has_variables(value)):
                once[name] = argument
            else:
                anew[name] = argument
        self._anew = GraphQLField(definition.type, anew) if anew else None
        constant = tuple(
            one
            for one in node.arguments or ()
            if not isinstance(one.value, VariableNode)
        )
        self._once = _converted(
            field,
            get_argument_values(
                GraphQLField(definition.type, once),
                FieldNode(name=node.name, arguments=constant),
            ),
        )

    def __call__(
        self, variables: VariableValues, info: Info | None = None
    ) -> dict[str, Any]:
        """Return them by the names of the code's parameters.

        Raises:
            Exception: They do not fit; the executor says why.
        """
        arguments = self._once.copy()
        coerced = variables.coerced
        for taken in self._taken:
            if taken.variable in coerced:
                value = coerced[taken.variable]
                if value is None and not taken.is_nullable:
                    raise Unplanned(_UNFIT)
                if not taken.is_leaf:
                    value = _object(taken, value, info)
                arguments[taken.argument.python_name] = value
            elif taken.is_required:
                raise Unplanned(_UNFIT)
        if self._anew is not None:
            given = get_argument_values(self._anew, self._node, variables)
            arguments |= _converted(self._field, given, info)
        return arguments


def _object(taken: _Taken, value: object, info: Info | None) -> object:
    return convert_argument(
        value,
        taken.argument.type,
        schema.schema_converter.scalar_registry,
        schema.config,
        info,
        path=(taken.name,),
    )


def _converted(
    field: StrawberryField, given: dict[str, Any], info: Info | None = None
) -> dict[str, Any]:
    return convert_arguments(
        given,
        field.arguments,
        scalar_registry=schema.schema_converter.scalar_registry,
        config=schema.config,
        info=info,
    )


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.any = False

    def enter_variable(self, *_: Any) -> None:
        self.any = True


def _has_variables(value: ValueNode) -> bool:
    found = _Variables()
    visit(value, found)
    return found.any
