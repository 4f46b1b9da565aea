"""The compiler: from what an operation selects to what writes its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from json.encoder import encode_basestring
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class Member:
    """A field that is selected of an object.

    Attributes:
        label: What stands before its value: a mark, its key and a colon.
        key: Its key in the answer.
        name: Its name in the schema.
        details: The nodes that select it.
    """

    label: str
    key: str
    name: str
    details: FieldDetailsList


#: Compiles a root field by itself; None: it is like all others.
CompileRoot: TypeAlias = Callable[["Compiler", Member], Write | None]


class Compiler:
    """Compiles one operation, for one choice of its conditions.

    Attributes:
        source: What it compiles.
        fields: How many fields it has compiled.
    """

    def __init__(
        self, source: PlanSource, roots: "dict[tuple[str, str], CompileRoot]"
    ) -> None:
        """Begin.

        Args:
            source: What to compile.
            roots: What compiles fields otherwise, by type and name.
        """
        self.source = source
        self.fields = 0
        self._roots = roots

    def root(self) -> list[Write]:
        """Return what writes each member of the root, in order.

        Raises:
            Unplanned: The operation is not for a plan.
        """
        fields = self._labelled(self.source.fields())
        return [self._member(self.source.root, one) for one in fields] or [_BEGIN]

    def value(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Write:
        """Return what writes a value of a type, as far as fields select of it."""
        present, is_required = kind, False
        if isinstance(kind, GraphQLNonNull):
            present, is_required = kind.of_type, True
        if is_leaf_type(present):
            return leaf(to_text(present), is_required=is_required)
        write = self._present(present, details)
        return required(write) if is_required else nullable(write)

    def members(
        self, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> list[Member]:
        """Return what is selected of an object of a type.

        Raises:
            Unplanned: It is too much.
        """
        return self._labelled(self.source.subfields(kind, details))

    def _labelled(self, fields: GroupedFieldSet) -> list[Member]:
        self.fields += len(fields)
        if self.fields > MAX_FIELDS:
            raise Unplanned("too many fields")
        return [
            Member(
                f'{"," if place else "{"}"{key}":',
                key,
                details[0].node.name.value,
                details,
            )
            for place, (key, details) in enumerate(fields.items())
        ]

    def _present(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Write:
        if isinstance(kind, GraphQLList):
            return items(self.value(kind.of_type, details))
        kinds = core.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        return by_class(
            {
                class_of(one): self._object(one, details)
                for one in kinds
                if isinstance(one, GraphQLObjectType)
            }
        )

    def _object(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Write:
        written = [self._member(kind, one) for one in self.members(kind, details)]
        return members(written or [_BEGIN])

    def _member(self, parent: GraphQLObjectType, member: Member) -> Write:
        if member.name == "__typename":
            return constant(member.label + encode_basestring(parent.name))
        if member.name.startswith("__"):
            raise Unplanned("introspection")
        compile = self._roots.get((parent.name, member.name))
        if compile is not None and (written := compile(self, member)) is not None:
            return written
        write = self.value(parent.fields[member.name].type, member.details)
        read = attribute(strawberry_field(parent, member.name))
        if read is not None:
            return read_member(member.label, read, write)
        resolve = Resolver(self.source, parent, member.details)
        if parent is core.mutation_type:
            return resolved_member(member.label, recorded(member.key, resolve), write)
        return resolved_member(member.label, resolve, write)


_BEGIN = constant("{")


@cache
def class_of(kind: GraphQLObjectType) -> type:
    """Return the class of the objects that a type shows."""
    found: type = kind.extensions["strawberry-definition"].origin
    return found
