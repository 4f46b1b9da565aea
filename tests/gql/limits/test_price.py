"""Prices: what an operation costs is known before it runs."""

from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    parse,
)

from jobwire.gql.limits import MAX_COST, price, read_weights
from jobwire.gql.schema import core
from tests.gql.client import Api

WEIGHTS = read_weights(core)


def _price(text: str, **variables: Any) -> int:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return price(core, WEIGHTS, document, operation).of(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ viewer { userId scopes } }", 1),
        ("{ __schema { types { name } } __typename }", 1_000),
        ('{ __type(name: "Job") { name } }', 100),
        ("{ __schema { types { a: name b: kind } } }", 3 * 1_000),
        ('{ a: __type(name: "Job") { ... { b: name } } }', 2 * 100),
        (
            """{ __schema { ...S ...S } }
            fragment S on __Schema { types { ...T } }
            fragment T on __Type { a: name fields { b: name } }""",
            5 * 1_000,
        ),
        ('{ job(id: "x") { id replayOf { id } } }', 2),
        ("{ jobs { nodes { id } } }", 1 + 20),
        ("{ jobs(first: 7) { nodes { id } } }", 1 + 7),
        ("{ jobs(last: 7) { nodes { id } } }", 1 + 7),
        ("{ jobs(first: null) { nodes { id } } }", 1 + 20),
        ("{ jobs(first: 0) { nodes { id } } }", 1),
        ("{ jobs(first: -5) { nodes { id } } }", 1),
        ("{ jobs(first: 7) { edges { node { id } } } }", 1 + 7 * 2),
        ("{ jobs(first: 7) { nodes { id } pageInfo { endCursor } } }", 1 + 7 + 1),
        ("{ jobs(first: 7) { totalCount { value } } }", 1 + 20 + 1),
        (
            "{ jobs(first: 10) { nodes { events(first: 3) { nodes { id } } } } }",
            1 + 10 * (1 + 5 + 1 + 3),
        ),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ('{ nodes(ids: "a") { id } }', 1),
        ("{ executors { executor capabilities { progress } } }", 2 * 2),
        ("{ jobs(first: 3) { ...C } } fragment C on JobConnection { nodes { id } }", 4),
        ("{ ...Q ...Q } fragment Q on Query { jobs(first: 3) { nodes { id } } }", 8),
        ('{ node(id: "x") { ... on Job { replayOf { id } } } }', 2),
        ("{ viewer @skip(if: true) { userId } }", 0),
        ("{ viewer @include(if: true) { userId } }", 1),
        (
            """mutation {
              scheduleJobs(
                input: {jobs: [{type: "a", tag: "b"}, {type: "a", tag: "b"}]}
              ) {
                errors { ... on IdempotencyConflictError { existingJob { id } } }
              }
            }""",
            10 + 1 + 2 * 2,
        ),
        (
            """mutation {
              scheduleJobs(
                input: {jobs: [{type: "a", tag: "b"}, {type: "a", tag: "b"}]}
              ) { items { job { id } } }
            }""",
            10 + 1 + 2 * 2,
        ),
        ('mutation { cancelJob(input: {id: "x"}) { errors { message } } }', 12),
    ],
)
def test_a_price_is_the_sum_of_what_is_declared(text: str, expected: int) -> None:
    assert _price(text) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 1 + 5 * 1),
        ({"n": 9}, 1 + 9 * 1),
        ({"n": None}, 1 + 20 * 1),
        ({"n": "many"}, 1 + 1),
        ({"n": 10**30}, 1 + 1000),
        ({"n": 9.0}, 1 + 9),
        ({"n": 1e30}, 1 + 1000),
        ({"n": -1e30}, 1),
        ({"n": 9, "with": True}, 1 + 9 * 2),
    ],
)
def test_variables_and_their_defaults_count(
    variables: dict[str, Any], expected: int
) -> None:
    text = """query ($n: Int = 5, $with: Boolean! = false) {
      jobs(first: $n) { nodes { id replayOf @include(if: $with) { id } } }
    }"""

    assert _price(text, **variables) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"input": {"jobs": [{}, {}, {}]}}, 10 + 1 + 3),
        ({"input": {}}, 10 + 1 + 1),
        ({"input": "nothing"}, 10 + 1 + 1),
        ({}, 10 + 1 + 1),
    ],
)
def test_a_list_within_an_input_counts_by_its_length(
    variables: dict[str, Any], expected: int
) -> None:
    text = """mutation ($input: ScheduleJobsInput!) {
      scheduleJobs(input: $input) { items { created } }
    }"""

    assert _price(text, **variables) == expected


def test_every_list_of_objects_says_how_many_it_may_have() -> None:
    sized_above = {
        (get_named_type(core.type_map[kind].fields[name].type).name, field)
        for (kind, name), weight in WEIGHTS.items()
        for field in weight.sized
    }
    unsaid = [
        f"{kind}.{name}"
        for (kind, name), weight in WEIGHTS.items()
        if not kind.startswith("__")
        and is_list_type(get_nullable_type(core.type_map[kind].fields[name].type))
        and is_composite_type(get_named_type(core.type_map[kind].fields[name].type))
        and weight.assumed == 1
        and not weight.slicing
        and (kind, name) not in sized_above
    ]

    # Of a batch as many as there may be, of everything else one.
    assert ("ScheduleJobsPayload", "errors") in sized_above
    assert [name for name in unsaid if not name.endswith(".errors")] == []


def test_every_field_that_takes_a_page_is_sized_by_it() -> None:
    pages = [
        (kind.name, name)
        for kind in core.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
        if "first" in field.args
    ]

    assert len(pages) > 8
    assert [page for page in pages if ("first",) not in WEIGHTS[page].slicing] == []


def _nested(size: str) -> str:
    variables = "($n: Int)" if size == "$n" else ""
    return (
        f"query {variables} {{ jobs(first: 100) {{ nodes {{ id events(first: "
        f"{size}) {{ nodes {{ id }} }} }} }} }}"
    )


# The page, and for each job itself, its page of events and the events.
MOST = (MAX_COST - 1) // 100 - 7


@pytest.mark.parametrize("size", ["literal", "variable"])
async def test_an_operation_runs_up_to_its_price_and_not_beyond(
    api: Api, size: str
) -> None:
    def asking(count: int) -> dict[str, Any]:
        text = _nested(str(count) if size == "literal" else "$n")
        return {"query": text, "variables": {"n": count}}

    allowed = (await api.post(asking(MOST))).json()
    refused = (await api.post(asking(100))).json()

    assert allowed == {"data": {"jobs": {"nodes": []}}}
    [error] = refused["errors"]
    assert error["message"] == (
        "The operation would cost 10,701; at most 5,000 are allowed."
    )
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "found": 10_701,
        "allowed": MAX_COST,
    }
    assert "data" not in refused
