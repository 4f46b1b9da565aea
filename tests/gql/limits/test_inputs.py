"""Lengths of lists and strings: just below, just above, in literals and variables."""

import json
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from jobwire.gql.documents import DocumentError, prepare
from jobwire.gql.limits import MAX_LIST, MAX_MEMBERS, MAX_STRING, VariableLengths
from jobwire.gql.schema import core

QUERY = """query (
  $ids: [ID!]!, $id: ID!, $filter: JobFilter, $input: ScheduleJobInput!
) {
  nodes(ids: $ids) { id }
}"""
OPERATION = parse(QUERY).definitions[0]
assert isinstance(OPERATION, OperationDefinitionNode)


def _members(count: int) -> dict[str, int]:
    return {f"a{number}": number for number in range(count)}


@pytest.mark.parametrize(
    "variables",
    [
        {"ids": ["x"] * MAX_LIST},
        {"id": "x" * MAX_STRING},
        {"filter": {"tags": ["x" * MAX_STRING] * MAX_LIST}},
        {"input": {"data": ["x" * (MAX_STRING + 1)] * (MAX_LIST + 1)}},
        {"input": _members(MAX_MEMBERS)},
        {"input": {"data": _members(MAX_MEMBERS + 1)}},
        {"ids": {"no": "list"}, "id": 5, "filter": "no object", "other": ["x"] * 5000},
    ],
)
def test_variables_up_to_the_limits_are_allowed(variables: dict[str, Any]) -> None:
    assert VariableLengths(core, OPERATION).refusal(variables) is None


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"ids": ["x"] * (MAX_LIST + 1)},
            "In the variable $ids, a list here has 2,001 items; at most 2,000",
        ),
        (
            {"id": "x" * (MAX_STRING + 1)},
            "In the variable $id, a string here has 10,001 characters; at most 10,000",
        ),
        (
            {"filter": {"tags": ["x", "x" * (MAX_STRING + 1)]}},
            "In the variable $filter, a string here has 10,001 characters",
        ),
        (
            {"input": {"retryConfig": _members(MAX_MEMBERS + 1)}},
            "In the variable $input, an object here has 201 members; at most 200",
        ),
        (
            {"input": {"tag": "x" * (MAX_STRING + 1)}},
            "In the variable $input, a string here has 10,001 characters",
        ),
    ],
)
def test_the_variable_beyond_a_limit_is_named(
    variables: dict[str, Any], message: str
) -> None:
    error = VariableLengths(core, OPERATION).refusal(variables)

    assert error is not None
    assert error.message.startswith(message)


def _ids(count: int) -> str:
    return "{ nodes(ids: [" + '"x" ' * count + "]) { id } }"


def _id(length: int) -> str:
    return '{ job(id: "' + "x" * length + '") { id } }'


def _data(value: Any) -> str:
    return (
        'mutation { scheduleJob(input: {type: "a", tag: "b", data: '
        + json.dumps(value)
        + "}) { created } }"
    )


@pytest.mark.parametrize(
    "text",
    [
        _ids(MAX_LIST),
        _id(MAX_STRING),
        _data(["x"] * (MAX_LIST + 1)),
        _data("x" * (MAX_STRING + 1)),
        _data([[["x" * (MAX_STRING + 1)], [1] * (MAX_LIST + 1)]]),
    ],
)
def test_literals_up_to_the_limits_are_allowed(text: str) -> None:
    prepare(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_ids(MAX_LIST + 1), "A list here has 2,001 items; at most 2,000"),
        (_id(MAX_STRING + 1), "A string here has 10,001 characters; at most 10,000"),
    ],
)
def test_literals_beyond_the_limits_are_refused(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        prepare(text)

    [error] = refused.value.errors
    assert error.message.startswith(message)
    assert error.extensions is not None
    assert error.extensions["code"] == "LIMIT_EXCEEDED"
    assert error.locations


def test_an_object_literal_may_have_so_many_members_and_no_more() -> None:
    def refusals(count: int) -> list[str]:
        members = " ".join(f"a{number}: 1" for number in range(count))
        with pytest.raises(DocumentError) as refused:
            prepare(f"{{ jobs(filter: {{ {members} }}) {{ nodes {{ id }} }} }}")
        return [error.message for error in refused.value.errors]

    beyond = "An object here has 201 members; at most 200 are allowed."
    assert beyond not in refusals(MAX_MEMBERS)
    assert beyond in refusals(MAX_MEMBERS + 1)
