"""Inputs: from what a client sent to objects of our own, as Strawberry makes them.

What a type consists of is looked up once, not for each value.
"""

from collections.abc import Callable
from dataclasses import MISSING
from functools import cache
from typing import Any, TypeAlias

from strawberry.scalars import is_scalar
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some

from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.schema import schema

#: Makes a value, null included, of one that fits the type in the schema.
Make: TypeAlias = Callable[[Any], Any]


def maker(kind: Any) -> Make | None:
    """Return what makes the values of a type of input; None: they are as they come."""
    if isinstance(kind, StrawberryMaybe):
        return _maybe(kind)
    if isinstance(kind, StrawberryOptional):
        return maker(kind.of_type)
    if isinstance(kind, StrawberryList):
        return _list(maker(kind.of_type))
    if isinstance(kind, LazyType):
        return maker(kind.resolve_type())
    if (
        is_scalar(kind, schema.schema_converter.scalar_registry)
        or isinstance(kind, StrawberryEnumDefinition)
        or has_enum_definition(kind)
    ):
        return None
    return _object(kind)


def _maybe(kind: StrawberryMaybe) -> Make:
    make = maker(kind.of_type)
    may_be_null = isinstance(kind.of_type, StrawberryOptional)

    def make_some(value: Any) -> Some[Any]:
        if value is None and not may_be_null:
            raise Unplanned("a null where there must be none")
        return Some(value if make is None else make(value))

    return make_some


def _list(make: Make | None) -> Make:
    def make_list(values: Any) -> list[Any] | None:
        if values is None:
            return None
        # A default is the same list for all who leave it out.
        return list(values) if make is None else [make(value) for value in values]

    return make_list


@cache
def _object(kind: Any) -> Make:
    if not has_object_definition(kind):
        raise Unplanned("an input of another kind")
    definition = kind.__strawberry_definition__
    if definition.from_input is not None:
        raise Unplanned("an input of another kind")
    name_of = schema.config.name_converter.from_field
    fields = {
        name_of(field): (
            field.python_name,
            maker(field.resolve_type(type_definition=definition)),
        )
        for field in definition.fields
    }
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def make_object(value: Any) -> Any:
        if value is None:
            return None
        members: dict[str, Any] = absent.copy()
        for name, found in value.items():
            own_name, make = fields[name]
            members[own_name] = found if make is None else make(found)
        return kind(**members)

    return make_object
