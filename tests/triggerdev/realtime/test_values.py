"""Postgres' text, as the feed carries it."""

import pytest

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.realtime.values import read_array, read_schema, read_value

SCHEMA = {
    "flag": {"type": "bool"},
    "big": {"type": "int8"},
    "cost": {"type": "float8"},
    "error": {"type": "jsonb"},
    "tags": {"type": "text", "dims": 1},
    "counts": {"type": "int4", "dims": 1},
    "new": {"type": "tsvector"},
}


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("flag", "t", True),
        ("flag", "f", False),
        ("big", "9007199254740993", 9007199254740993),
        ("cost", "0.5", 0.5),
        ("error", '{"type":"STRING_ERROR"}', {"type": "STRING_ERROR"}),
        ("tags", "{}", []),
        ("tags", '{a,"b c"}', ["a", "b c"]),
        ("counts", "{1,NULL,3}", [1, None, 3]),
        ("new", "'a' 'b'", "'a' 'b'"),
        ("not in the schema", "text", "text"),
        ("flag", None, None),
    ],
)
def test_a_value_is_read_by_its_type(column: str, text: str, value: object) -> None:
    assert read_value(text, column, SCHEMA) == value


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (r'{"say \"hi\"","b\\c","a,b","{}"}', ['say "hi"', "b\\c", "a,b", "{}"]),
        ('{"NULL",null}', ["NULL", None]),
        ('{""}', [""]),
    ],
)
def test_arrays_keep_quotes_and_escapes(text: str, items: list[str | None]) -> None:
    assert read_array(text) == items


@pytest.mark.parametrize("text", ["a,b", '{"a', '{"a"b}', '{"a\\"}', ""])
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(MalformedResponseError, match="tags of the feed"):
        read_value(text, "tags", SCHEMA)


@pytest.mark.parametrize(("column", "text"), [("flag", "yes"), ("big", "x")])
def test_a_value_of_another_type_is_refused(column: str, text: str) -> None:
    with pytest.raises(MalformedResponseError, match=column):
        read_value(text, column, SCHEMA)


@pytest.mark.parametrize("header", [None, "", "[]", "no json"])
def test_an_answer_without_types_is_refused(header: str | None) -> None:
    with pytest.raises(MalformedResponseError, match="types"):
        read_schema(header)
