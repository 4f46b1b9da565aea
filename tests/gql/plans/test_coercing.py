"""Variables are coerced as the executor coerces them, whatever is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    build_schema,
    coerce_input_value,
    is_input_type,
    is_required_input_field,
)
from graphql.execution.values import MAX_NESTING_DEPTH
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.gql.documents.plans.coercing import coercer
from jobwire.gql.schema import core

OTHERS = build_schema("""
  input Tree { name: String!, size: Int = 3, kinds: [Kind!] = [LEAF], below: [Tree!] }
  input One @oneOf { name: String, tree: Tree, many: [[Int]] }
  enum Kind { LEAF NODE }
  type Query { grow(tree: Tree, one: One): Int }
""")
NAMED: list[GraphQLInputType] = [
    *(kind for kind in core.type_map.values() if is_input_type(kind)),
    *(OTHERS.type_map[name] for name in ("Tree", "One", "Kind")),
]
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**33),
    st.floats(allow_nan=False),
    st.sampled_from(
        ["", "x", "LEAF", "SUCCEEDED", "PT5S", "2026-11-27T10:00:00Z", "job_1"]
    ),
)


@st.composite
def sent(draw: st.DrawFn, kind: GraphQLInputType, depth: int = 3) -> Any:
    """Something that a client may send for a type; often it fits."""
    if draw(st.integers(0, 7)) == 0:
        return draw(st.one_of(LEAVES, st.lists(LEAVES, max_size=2)))
    if isinstance(kind, GraphQLNonNull):
        return draw(sent(kind.of_type, depth))
    if isinstance(kind, GraphQLList):
        item = sent(kind.of_type, depth)
        return draw(st.one_of(item, st.lists(item, max_size=3)))
    if isinstance(kind, GraphQLInputObjectType):
        if depth == 0:
            return {}
        names = draw(st.sets(st.sampled_from([*kind.fields, "unknown"]), max_size=4))
        required = {n for n, one in kind.fields.items() if is_required_input_field(one)}
        return {
            name: draw(sent(kind.fields[name].type, depth - 1))
            if name in kind.fields
            else 1
            for name in sorted(names | required)
        }
    return draw(LEAVES)


@pytest.mark.parametrize("named", NAMED, ids=str)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_value_becomes_what_the_executor_makes_of_it(
    named: GraphQLInputType, data: st.DataObject
) -> None:
    wrapped = data.draw(
        st.sampled_from(
            [named, GraphQLNonNull(named), GraphQLList(GraphQLNonNull(named))]
        )
    )
    value = data.draw(sent(wrapped))

    found = outcome(lambda: coercer(wrapped)(value))

    assert found == outcome(lambda: coerce_input_value(value, wrapped))


def outcome(coerce: Callable[[], Any]) -> str:
    """Write what a value becomes, or what is raised of it."""
    try:
        return repr(coerce())
    except Exception as error:  # noqa: BLE001 - compared with that of the executor
        return repr(error)


def test_what_is_nested_too_deeply_does_not_fit() -> None:
    tree = OTHERS.type_map["Tree"]
    value: dict[str, Any] = {"name": "leaf"}
    for _ in range(MAX_NESTING_DEPTH):
        value = {"name": "node", "below": [value]}

    assert coercer(tree)(value) is Undefined
    assert coercer(tree)(value["below"][0]["below"][0]["below"][0]) is Undefined
    assert coercer(tree)({"name": "root", "below": [{"name": "leaf"}]}) is not Undefined
