"""The variables of an operation, whose definitions are read once."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    Undefined,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from jobwire.gql.documents.plans.coercing import coercer
from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.schema import core

_UNFIT = "variables that do not fit"


class Variables:
    """What an operation defines, and reads of what it is given."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        found = [
            get_variable_signature(core, definition)
            for definition in operation.variable_definitions or ()
        ]
        self._signatures = [
            (signature, coercer(signature.type))
            for signature in found
            if not isinstance(signature, GraphQLError)
        ]
        assert len(self._signatures) == len(found)  # noqa: S101 - it was validated

    def read(self, given: Mapping[str, Any]) -> VariableValues:
        """Read the values as the executor does.

        Raises:
            Unplanned: They do not fit; the executor says why.
        """
        values = VariableValues({}, {})
        for signature, coerce in self._signatures:
            name = signature.name
            value = given.get(name, Undefined)
            values.sources[name] = VariableValueSource(signature, value)
            if value is not Undefined:
                value = coerce(value)
            elif signature.default is not None:
                value = coerce_default_value(signature)
            elif not is_non_null_type(signature.type):
                continue
            if value is Undefined:
                raise Unplanned(_UNFIT)
            values.coerced[name] = value
        return values
