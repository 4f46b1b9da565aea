"""Coercing: what clients send for variables, as the executor would take it.

A type is looked into once, not for each value of it.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_named_type,
    is_required_input_field,
)
from graphql.execution.values import input_is_nested_too_deeply
from graphql.pyutils import is_iterable
from graphql.utilities.coerce_input_value import coerce_default_value

#: Takes a value as it was sent; Undefined: it does not fit.
Coerce: TypeAlias = Callable[[Any], Any]


def coercer(kind: GraphQLInputType) -> Coerce:
    """Return what coerces the values of a variable of a type."""
    coerce = _coercer(kind)
    named = get_named_type(kind)
    if not isinstance(named, GraphQLInputObjectType) or not _holds_itself(named):
        return coerce

    def coerce_bounded(value: Any) -> Any:
        if input_is_nested_too_deeply(value, kind):
            return Undefined
        return coerce(value)

    return coerce_bounded


def _coercer(kind: GraphQLInputType) -> Coerce:
    if isinstance(kind, GraphQLNonNull):
        return _required(_coercer(kind.of_type))
    if isinstance(kind, GraphQLList):
        return _list(_coercer(kind.of_type))
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind)
    if isinstance(kind, GraphQLEnumType):
        return _leaf(
            {one: kind.coerce_input_value(one) for one in kind.values}.__getitem__
        )
    return _leaf(kind.coerce_input_value)


def _required(coerce: Coerce) -> Coerce:
    return lambda value: Undefined if value is None else coerce(value)


def _leaf(coerce: Coerce) -> Coerce:
    def coerce_leaf(value: Any) -> Any:
        if value is None:
            return None
        try:
            return coerce(value)
        except Exception:  # noqa: BLE001 - whatever a scalar raises says the same
            return Undefined

    return coerce_leaf


def _list(coerce: Coerce) -> Coerce:
    def coerce_list(value: Any) -> Any:
        if value is None:
            return None
        items = []
        is_list = isinstance(value, list) or is_iterable(value)
        for one in value if is_list else [value]:
            item = coerce(one)
            if item is Undefined:
                # What comes behind it may raise, and is not looked at.
                return Undefined
            items.append(item)
        return items

    return coerce_list


class _Field(NamedTuple):
    """A field of an input object.

    Attributes:
        name: What clients call it.
        own_name: What our own code does.
        is_required: Whether it may not be left out.
        default: What it is then; Undefined: left out.
        coerce: Coerces its values.
    """

    name: str
    own_name: str
    is_required: bool
    default: Any
    coerce: Coerce


class _Object:
    """Coerces the values of an input object; a type may hold itself."""

    def __init__(self, kind: GraphQLInputObjectType) -> None:
        self._kind = kind
        self._fields: list[_Field] | None = None

    def __call__(self, value: Any) -> Any:
        if value is None:
            return None
        kind = self._kind
        if not isinstance(value, dict) or not value.keys() <= kind.fields.keys():
            return Undefined
        coerced = {}
        for name, own_name, is_required, default, coerce in self._looked_into():
            if name in value:
                found = coerce(value[name])
                if found is Undefined:
                    return Undefined
                coerced[own_name] = found
            elif is_required:
                return Undefined
            elif default is not Undefined:
                coerced[own_name] = default
        if kind.is_one_of and not (len(value) == 1 and _is_one(coerced)):
            return Undefined
        return kind.out_type(coerced)

    def _looked_into(self) -> list[_Field]:
        if self._fields is None:
            self._fields = [
                _Field(
                    name,
                    field.out_name or name,
                    is_required_input_field(field),
                    coerce_default_value(field),
                    _coercer(field.type),
                )
                for name, field in self._kind.fields.items()
            ]
        return self._fields


#: Types of the schema are few; those around them are made anew for each document.
_object = cache(_Object)


def _is_one(coerced: dict[str, Any]) -> bool:
    return len(coerced) == 1 and None not in coerced.values()


@cache
def _holds_itself(kind: GraphQLInputObjectType) -> bool:
    """Whether the values of a type may be nested without an end."""

    def leads_back(within: tuple[GraphQLInputObjectType, ...]) -> bool:
        held = [get_named_type(one.type) for one in within[-1].fields.values()]
        return any(
            one in within or leads_back((*within, one))
            for one in held
            if isinstance(one, GraphQLInputObjectType)
        )

    return leads_back((kind,))
