"""JSON on the wire: what cannot be kept is refused by name."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.gql.json_codec import (
    MAX_DIGITS,
    MAX_LEVELS,
    MalformedJSONError,
    Written,
    decode,
    encode,
)

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "9" * MAX_DIGITS,
        f"[-{'9' * (MAX_DIGITS - 1)}]",
        json.dumps("9" * (MAX_DIGITS + 1)),
        json.dumps(["9" * (MAX_DIGITS + 1), 1.5, 7]),
        "[" * MAX_LEVELS + "]" * MAX_LEVELS,
        json.dumps([{}] * (MAX_LEVELS * 3)),
        json.dumps("[" * (MAX_LEVELS + 1)),
    ],
)
def test_what_reaches_a_limit_is_read(text: str) -> None:
    assert decode(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9" * (MAX_DIGITS + 1), "a number of 1,001 digits; at most 1,000"),
        ("9" * 100_000, "a number of 100,000 digits"),
        (f"[1.{'9' * MAX_DIGITS}]", "digits; at most 1,000"),
        ("[" * (MAX_LEVELS + 1) + "]" * (MAX_LEVELS + 1), "more than 128 levels"),
        ('{"a":' * (MAX_LEVELS + 1) + "1" + "}" * (MAX_LEVELS + 1), "128 levels"),
        ("[" * 100_000, "at most 128 levels"),
        ("NaN", "JSON has no NaN."),
        ("[-Infinity]", "JSON has no -Infinity."),
        ("", "It is not JSON: Expecting value at character 0."),
        ('"a\nb"', "It is not JSON: Invalid control character at character 2."),
        ("\ufeff{}", "It is not JSON"),
        (b"\xff", "It is not UTF-8."),
        ("{} {}", "It is not JSON"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(MalformedJSONError) as refused:
        decode(text)

    assert reason in str(refused.value)


def test_very_many_long_numbers_are_read_in_no_time() -> None:
    text = f"[{','.join(['9' * (MAX_DIGITS - 1)] * 10_000)}]"

    began = process_time()
    decode(text)

    # It takes 0.2 s, and took 10 s when each digit was asked whether a number too long
    # begins with it.
    assert process_time() - began < 3


@given(_VALUES, _VALUES)
def test_what_is_written_already_stands_in_its_place(one: Any, other: Any) -> None:
    text = encode([Written(encode(one)), other, {"a": Written(encode(other))}])

    assert decode(text) == [one, other, {"a": other}]


def test_what_is_written_already_stands_beside_what_is_no_character() -> None:
    assert encode(["\ud800", Written('"é"')]) == '["\\ud800","é"]'
