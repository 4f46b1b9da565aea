"""Leaves: scalars and enums as JSON text, as the executor would write them."""

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.json_codec import Written, encode

#: Writes a value that is not null.
ToText: TypeAlias = Callable[[Any], str]

_BIT_LENGTH_OF_INT = 31


def to_text(kind: GraphQLLeafType) -> ToText:
    """Return what writes the values of a leaf type."""
    if kind in _USUAL:
        usual, write = _USUAL[kind]
    elif isinstance(kind, GraphQLEnumType):
        return _enum(kind)
    else:
        usual, write = (), _json

    def text(value: Any) -> str:
        if type(value) in usual:
            return write(value)
        coerced = kind.coerce_output_value(value)
        if coerced is None:
            raise Unplanned("a leaf without a value")
        return _json(coerced)

    return text


def _enum(kind: GraphQLEnumType) -> ToText:
    known: dict[Any, str] = {}

    def text(value: Any) -> str:
        found = known.get(value)
        if found is None:
            found = known[value] = _json(kind.coerce_output_value(value))
        return found

    return text


def _integer(value: int) -> str:
    if value.bit_length() > _BIT_LENGTH_OF_INT:
        raise Unplanned("an integer beyond those of Int")
    return str(value)


def _json(value: Any) -> str:
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is Written:
        return value.text
    return encode(value)


#: What most values of a type are, and what writes those.
_USUAL: dict[GraphQLLeafType, tuple[tuple[type, ...], ToText]] = {
    GraphQLBoolean: ((bool,), lambda value: "true" if value else "false"),
    GraphQLID: ((str,), encode_basestring),
    GraphQLInt: ((int,), _integer),
    GraphQLString: ((str,), encode_basestring),
}
