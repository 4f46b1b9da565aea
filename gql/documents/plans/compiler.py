"""The compiler: from what an operation selects to what writes its answer."""

from functools import cache
from json.encoder import encode_basestring

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

from jobwire.gql.documents.plans.answer import Write
from jobwire.gql.documents.plans.leaves import to_text
from jobwire.gql.documents.plans.resolving import (
    Resolver,
    attribute,
    recorded,
    strawberry_field,
)
from jobwire.gql.documents.plans.source import PlanSource
from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.documents.plans.values import (
    by_class,
    constant,
    items,
    leaf,
    members,
    nullable,
    read_member,
    required,
    resolved_member,
)
from jobwire.gql.schema import core

#: An operation that selects more fields, with its fragments spread out, has no plan.
MAX_FIELDS = 2_000


class Compiler:
    """Compiles one operation, for one choice of its conditions.

    Attributes:
        fields: How many fields it has compiled.
    """

    def __init__(self, source: PlanSource) -> None:
        self._source = source
        self.fields = 0

    def root(self) -> list[Write]:
        """Return what writes each member of the root, in order.

        Raises:
            Unplanned: The operation is not for a plan.
        """
        return self._members(self._source.root, self._source.fields())

    def object(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Write:
        """Return what writes an object of a type, as far as fields select of it."""
        return members(self._members(kind, self._source.subfields(kind, details)))

    def value(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Write:
        """Return what writes a value of a type, as far as fields select of it."""
        if isinstance(kind, GraphQLNonNull):
            return required(self._present(kind.of_type, details))
        return nullable(self._present(kind, details))

    def _present(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Write:
        if isinstance(kind, GraphQLList):
            return items(self.value(kind.of_type, details))
        if is_leaf_type(kind):
            return leaf(to_text(kind))
        kinds = core.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        return by_class(
            {
                class_of(one): self.object(one, details)
                for one in kinds
                if isinstance(one, GraphQLObjectType)
            }
        )

    def _members(self, kind: GraphQLObjectType, fields: GroupedFieldSet) -> list[Write]:
        written: list[Write] = []
        for key, details in fields.items():
            mark = "," if written else "{"
            written.append(self._member(f'{mark}"{key}":', kind, key, details))
        return written or [constant("{")]

    def _member(
        self,
        label: str,
        parent: GraphQLObjectType,
        key: str,
        details: FieldDetailsList,
    ) -> Write:
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise Unplanned("too many fields")
        name = details[0].node.name.value
        if name == "__typename":
            return constant(f"{label}{encode_basestring(parent.name)}")
        if name.startswith("__"):
            raise Unplanned("introspection")
        write = self.value(parent.fields[name].type, details)
        read = attribute(strawberry_field(parent, name))
        if read is not None:
            return read_member(label, read, write)
        resolve = Resolver(self._source, parent, details)
        if parent is core.mutation_type:
            return resolved_member(label, recorded(key, resolve), write)
        return resolved_member(label, resolve, write)


@cache
def class_of(kind: GraphQLObjectType) -> type:
    """Return the class of the objects that a type shows."""
    found: type = kind.extensions["strawberry-definition"].origin
    return found
