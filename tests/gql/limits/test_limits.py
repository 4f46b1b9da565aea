"""Limits: just below, just above, and cheap to find."""

import pytest
from graphql import get_introspection_query, parse

from jobwire.gql.limits import (
    MAX_ALIASES,
    MAX_DEPTH,
    MAX_DIRECTIVES,
    MAX_DIRECTIVES_AT_ONCE,
    MAX_FIELDS,
    MAX_OPERATIONS,
    MAX_ROOTS,
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
    found = _measure(text)

    assert (found.depth, found.fields) == (depth, fields)


def test_a_cycle_of_fragments_is_measured_as_if_it_were_cut() -> None:
    found = _measure(
        "{ ...A } fragment A on T { a ...B } fragment B on T { b { ...A } }"
    )

    assert 1 <= found.fields <= 2


def test_each_operation_is_measured_by_itself() -> None:
    found = measure(parse("query A { a } query B { a { b } }"))

    assert [measured.depth for _, measured in found] == [1, 2]


def _deep(levels: int) -> str:
    return "{ a " * levels + "}" * levels


def _roots(count: int) -> str:
    return "{" + " a" * count + " }"


def _fields(count: int) -> str:
    return "{ r {" + " a" * (count - 1) + " } }"


def _aliases(count: int) -> str:
    return "{ r {" + "".join(f" a{n}: a" for n in range(count)) + " } }"


def _directives(count: int) -> str:
    return "{ r {" + " a @d" * count + " } }"


def _directives_at_once(count: int) -> str:
    return "{ a" + " @d" * count + " }"


def _operations(count: int) -> str:
    return "".join(f"query Q{n} {{ a }}" for n in range(count))


LIMITS = {
    "levels": (_deep, MAX_DEPTH, "is 16 levels deep"),
    "roots": (_roots, MAX_ROOTS, "has 51 fields at its root"),
    "fields": (_fields, MAX_FIELDS, "has 1,001 fields"),
    "aliases": (_aliases, MAX_ALIASES, "has 101 aliases"),
    "directives": (_directives, MAX_DIRECTIVES, "has 101 directives"),
    "directives at one place": (
        _directives_at_once,
        MAX_DIRECTIVES_AT_ONCE,
        "has 9 directives",
    ),
    "operations": (_operations, MAX_OPERATIONS, "has 51 operations"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_what_reaches_a_limit_is_allowed(limit: str) -> None:
    write, most, _ = LIMITS[limit]

    assert violations(parse(write(most))) == []


@pytest.mark.parametrize("limit", LIMITS)
def test_what_exceeds_a_limit_is_refused_with_both_numbers(limit: str) -> None:
    write, most, found = LIMITS[limit]

    [error] = violations(parse(write(most + 1)))

    assert found in error.message
    assert f"at most {most:,} are allowed" in error.message
    assert error.extensions == {
        "code": "LIMIT_EXCEEDED",
        "found": most + 1,
        "allowed": most,
    }
    assert error.locations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a: b ...F } fragment F on T { c: d @x }", (2, 2, 2, 1)),
        ("{ ... @x { a @y } }", (1, 1, 0, 2)),
        ("{ r { ...F } } fragment F on T @x { a @y @z }", (1, 2, 0, 3)),
        ("query ($v: Int @x) @y { __schema { types { name } } }", (1, 3, 0, 2)),
    ],
)
def test_roots_fields_aliases_and_directives_are_counted(
    text: str, expected: tuple[int, ...]
) -> None:
    found = _measure(text)

    assert (found.roots, found.fields, found.aliases, found.directives) == expected


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
    roots, fields = violations(document)

    assert "more than 1,000,000,000 fields at its root" in roots.message
    assert "more than 1,000,000,000 fields;" in fields.message


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
