"""Limits: just below, just above, and cheap to find."""

import pytest
from graphql import get_introspection_query, parse

from jobwire.gql.limits import (
    MAX_DEPTH,
    MAX_FIELDS,
    Measure,
    measure,
    unstorable_literals,
    unstorable_variable,
    violations,
)


def _measure(text: str) -> Measure:
    [(_, found)] = measure(parse(text))
    return found


@pytest.mark.parametrize(
    ("text", "depth", "fields"),
    [
        ("{ a }", 1, 1),
        ("{ a { b { c } d } e }", 3, 5),
        ("{ ... { a ... on T { b { c } } } }", 2, 3),
        ("{ a { ...F } } fragment F on T { b { c } }", 3, 3),
        ("{ ...F a { ...F } } fragment F on T { b }", 2, 3),
        ("{ ...F } fragment F on T { ...G b } fragment G on T { c { d } }", 2, 3),
        ("{ ...F } fragment G on T { c { d } } fragment F on T { ...G b }", 2, 3),
        ("{ ...Nope }", 0, 0),
        ("{ ...F } fragment F on T { a ...F }", 1, 1),
        ("{ __schema { types { name } } a }", 1, 4),
        ('{ __type(name: "T") { fields { name } } a { b } }', 2, 5),
    ],
)
def test_operations_are_measured_with_their_fragments_spread_out(
    text: str, depth: int, fields: int
) -> None:
    assert _measure(text) == Measure(depth, fields)


def test_a_cycle_of_fragments_is_measured_as_if_it_were_cut() -> None:
    found = _measure(
        "{ ...A } fragment A on T { a ...B } fragment B on T { b { ...A } }"
    )

    assert 1 <= found.fields <= 2


def test_each_operation_is_measured_by_itself() -> None:
    found = measure(parse("query A { a } query B { a { b } }"))

    assert [measured.depth for _, measured in found] == [1, 2]


def _deep(depth: int) -> str:
    return "{ a " * depth + "}" * depth


def _wide(fields: int) -> str:
    return "{" + " a" * fields + " }"


@pytest.mark.parametrize("text", [_deep(MAX_DEPTH), _wide(MAX_FIELDS)])
def test_what_reaches_a_limit_is_allowed(text: str) -> None:
    assert violations(parse(text)) == []


@pytest.mark.parametrize(
    ("text", "found", "allowed"),
    [
        (_deep(MAX_DEPTH + 1), "16 levels", "15"),
        (_wide(MAX_FIELDS + 1), "1,001 fields", "1,000"),
    ],
)
def test_what_exceeds_a_limit_is_refused_with_both_numbers(
    text: str, found: str, allowed: str
) -> None:
    [error] = violations(parse(text))

    assert found in error.message
    assert allowed in error.message
    assert error.extensions == {"code": "LIMIT_EXCEEDED"}
    assert error.locations


def test_the_introspection_of_tools_is_within_the_limits() -> None:
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True)

    assert violations(parse(query)) == []


def test_doubling_fragments_are_measured_without_expanding_them() -> None:
    count = 1500
    text = "{ ...F0 }" + "".join(
        f"fragment F{n} on T {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count)
    )
    document = parse(text + f"fragment F{count} on T {{ a }}")

    # Expanded, it would outlast the universe, let alone the timeout of this test.
    [error] = violations(document)

    assert "more than 1,000,000,000 fields" in error.message


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('{ a(b: "\\u0000") }', 1),
        ('{ a(b: "\\u{0}", c: "\\u{0000}") }', 2),
        ('{ a(b: {c: ["x\\u0000"]}) @d(e: "\\u0000") }', 2),
        ('{ a(b: "\\\\u0000") }', 0),
        ('{ a(b: """\\u0000""") }', 0),
        ('{ a(b: "\\u0001") }', 0),
    ],
)
def test_literals_that_hold_a_nul_are_found(text: str, count: int) -> None:
    assert len(unstorable_literals(text, parse(text))) == count


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"a": "x", "b": [{"c": 1}]}, None),
        ({"a": "x", "b": "\0"}, "b"),
        ({"a": {"b": ["\ud800"]}}, "a"),
        ({"a": {"\0": 1}}, "a"),
    ],
)
def test_the_variable_that_holds_unstorable_text_is_named(
    variables: dict[str, object], name: str | None
) -> None:
    assert unstorable_variable(variables) == name
