"""The declared costs of fields, read from the schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_composite_type,
)
from graphql.type import GraphQLField, get_named_type

from jobwire.gql.cost import Cost, ListSize


@dataclass(frozen=True, slots=True)
class Weight:
    """What a field costs, as `@cost` and `@listSize` declare it.

    Attributes:
        own: What it costs by itself.
        item: What each object costs that it answers: 1, and 0 for scalars.
        assumed: How many items it has when no argument says it.
        slicing: The arguments that say it, each as the path to a value.
        defaults: The sizes that arguments have when they are left out.
        sized: The fields of what it answers that hold the items; without any it holds
            them itself.
    """

    own: int
    item: int
    assumed: int
    slicing: tuple[tuple[str, ...], ...]
    defaults: tuple[int, ...]
    sized: frozenset[str]


#: By type and field.
Weights = Mapping[tuple[str, str], Weight]


def read_weights(schema: GraphQLSchema) -> Weights:
    """Read what all fields of objects and interfaces cost."""
    return {
        (kind.name, name): _read(field)
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
    }


def _read(field: GraphQLField) -> Weight:
    declared = field.extensions.get("strawberry-definition")
    directives: list[Any] = list(declared.directives) if declared is not None else []
    own = sum(one.weight for one in directives if isinstance(one, Cost))
    size = next((one for one in directives if isinstance(one, ListSize)), ListSize())
    slicing = tuple(tuple(path.split(".")) for path in size.slicing_arguments or ())
    defaults = (field.args[path[0]].default_value for path in slicing)
    return Weight(
        own=own,
        item=int(is_composite_type(get_named_type(field.type))),
        assumed=size.assumed_size or 1,
        slicing=slicing,
        defaults=tuple(value for value in defaults if isinstance(value, int)),
        sized=frozenset(size.sized_fields or ()),
    )
