"""What a plan is compiled from: an operation for one choice of its conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from jobwire.gql.schema import core
from jobwire.gql.selection import selects


@dataclass(frozen=True)
class PlanSource:
    """An operation whose conditions are chosen.

    Attributes:
        operation: The operation.
        fragments: Those of its document, by name.
        conditions: The values of the variables that `@skip` and `@include` name.
    """

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: Mapping[str, bool]

    @property
    def root(self) -> GraphQLObjectType:
        """The type of its root."""
        root = core.get_root_type(self.operation.operation)
        assert root is not None  # noqa: S101 - a valid operation has one
        return root

    def fields(self) -> GroupedFieldSet:
        """Collect the root fields as the executor does: by key, in its order."""
        return collect_fields(
            core, self._details, self._values, self.root, self.operation
        ).grouped_field_set

    def subfields(
        self, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> GroupedFieldSet:
        """Collect what fields that were collected select of an object of a type."""
        return collect_subfields(
            core, self._details, self._values, self.operation, kind, details
        ).grouped_field_set

    def selects(self, name: str) -> bool:
        """Whether a field of that name is selected anywhere, in any type."""
        return selects(self.operation.selection_set.selections, name, self.fragments)

    @cached_property
    def _details(self) -> dict[str, FragmentDetails]:
        return {
            name: FragmentDetails(fragment) for name, fragment in self.fragments.items()
        }

    @cached_property
    def _values(self) -> VariableValues:
        return VariableValues({}, dict(self.conditions))
