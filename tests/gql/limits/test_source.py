"""The text of a document: just below, just above, and what would be dear to read."""

import re
from collections.abc import Callable

import pytest

from jobwire.gql.documents import DocumentError, prepare
from jobwire.gql.documents.rules import MAX_ERRORS
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import MAX_MESSAGE, format_error
from jobwire.gql.json_codec import MAX_DIGITS
from jobwire.gql.limits import (
    MAX_COMMENTS,
    MAX_LENGTH,
    MAX_LINES,
    MAX_NAME,
    MAX_TOKENS,
)

VIEWER = "{ viewer { userId } }"


def _filled(length: int) -> str:
    return VIEWER.ljust(length, ",")


def _lines(count: int) -> str:
    return VIEWER + "\r\n" * (count // 2) + "\n" * (count - count // 2 - 1)


def _comments(count: int) -> str:
    return "#\n" * count + VIEWER


def _tokens(count: int) -> str:
    # A list is a value however many items it has, and nothing but tokens.
    others = re.findall(r"\w+|[^\w\s]", _listing(""))
    return _listing(" a" * (count - len(others)))


def _listing(names: str) -> str:
    return f"query V($v: J = [{names}]) {{ viewer {{ userId }} }}"


def _named(length: int) -> str:
    return f"query {'a' * length} {VIEWER}"


def _digits(length: int) -> str:
    return f"query ($v: JSON = {'9' * length}) {VIEWER}"


def _fraction(length: int) -> str:
    return f"query ($v: JSON = 0.{'9' * (length - 2)}) {VIEWER}"


LIMITS: dict[str, tuple[Callable[[int], str], int, str]] = {
    "length": (_filled, MAX_LENGTH, "The document has 262,145 characters"),
    "lines": (_lines, MAX_LINES, "The document has 5,001 lines"),
    "comments": (_comments, MAX_COMMENTS, "more than 1000 comments"),
    "tokens": (_tokens, MAX_TOKENS, "more than 10000 tokens"),
    "name": (_named, MAX_NAME, "A name has 256 characters"),
    "digits": (_digits, MAX_DIGITS, "A number has 1,001 digits"),
    "fraction": (_fraction, MAX_DIGITS, "A number has 1,001 digits"),
}


def _refusals(text: str) -> list[tuple[str, str]]:
    """Return messages and codes of what is wrong with a document."""
    try:
        prepare(text)
    except DocumentError as refused:
        shown = [format_error(error, code=refused.code) for error in refused.errors]
        return [(one["message"], one["extensions"]["code"]) for one in shown]
    return []


@pytest.mark.parametrize("limit", LIMITS)
def test_what_reaches_a_limit_is_read(limit: str) -> None:
    write, most, _ = LIMITS[limit]

    assert "LIMIT_EXCEEDED" not in [code for _, code in _refusals(write(most))]


@pytest.mark.parametrize("limit", LIMITS)
def test_what_exceeds_a_limit_is_refused(limit: str) -> None:
    write, most, found = LIMITS[limit]

    [(message, code)] = _refusals(write(most + 1))

    assert found in message
    assert code == ErrorCode.LIMIT_EXCEEDED


def test_a_string_is_neither_a_name_nor_a_number() -> None:
    assert _refusals('{ job(id: "' + "9" * (MAX_DIGITS + 1) + '") { id } }') == []


def test_nesting_that_the_parser_refuses_is_a_limit() -> None:
    [(message, code)] = _refusals("{" + "... {" * 500 + "a" + "}" * 501)

    assert "nested too deeply" in message
    assert code == ErrorCode.LIMIT_EXCEEDED


def test_no_more_than_a_few_errors_are_told() -> None:
    text = "{ viewer {" + " nothing" * (MAX_ERRORS * 2) + " } }"

    found = [message for message, _ in _refusals(text)]

    assert len(found) == MAX_ERRORS + 1
    assert found[-1] == f"There are more than {MAX_ERRORS} errors."


def test_what_is_dear_to_validate_is_refused() -> None:
    [(message, code)] = _refusals("{ viewer {" + " userId" * 900 + " } }")

    assert "too much work to validate" in message
    assert code == ErrorCode.LIMIT_EXCEEDED


def test_a_long_message_is_cut() -> None:
    text = '{ jobs(first: "' + "x" * 5_000 + '") { nodes { id } } }'

    [(message, _)] = _refusals(text)

    assert len(message) == MAX_MESSAGE + 1
    assert message.endswith("x…")
