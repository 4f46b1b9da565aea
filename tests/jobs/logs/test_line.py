"""What becomes of a call of logging: bounded text that PostgreSQL stores."""

import json
import logging
import math
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.jobs.logs.line import (
    MAX_FIELDS_BYTES,
    MAX_MESSAGE_BYTES,
    Line,
    at_least,
    line_of_call,
)
from jobwire.models.vocabulary import LogLevel

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Hostile:
    """Raises wherever it can."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class HostileMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise RuntimeError(key)

    def __iter__(self) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        return 1


def logged(message: object = "x", *arguments: object, **how: Any) -> Line:
    level = how.pop("level", logging.INFO)
    return line_of_call(NOW, level, message, arguments, **how)


def fields(extra: Any, **how: Any) -> Any:
    text = logged(extra=extra, **how).fields
    return None if text is None else json.loads(text)


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (1, LogLevel.DEBUG),
        (logging.DEBUG, LogLevel.DEBUG),
        (logging.INFO, LogLevel.INFO),
        (25, LogLevel.INFO),
        (logging.WARNING, LogLevel.WARN),
        (logging.ERROR, LogLevel.ERROR),
        (logging.CRITICAL, LogLevel.ERROR),
    ],
)
def test_numbers_of_logging_are_levels(number: int, level: LogLevel) -> None:
    assert logged(level=number).level is level


def test_at_least_names_a_level_and_all_that_are_graver() -> None:
    assert at_least(LogLevel.WARN) == ["WARN", "ERROR"]


def test_a_message_is_formatted_as_logging_does_it() -> None:
    assert logged("%s of %d", "one", 2).message == "one of 2"
    assert logged("%(one)s", {"one": 1}).message == "1"
    assert logged("100 %").message == "100 %"
    assert logged({"a": 1}).message == "{'a': 1}"


def test_arguments_that_do_not_fit_are_kept_beside_the_message() -> None:
    assert logged("%d rows", "many").message == "%d rows ('many',)"
    assert logged("%s", Hostile()).message.startswith("%s tuple, whose text failed")


def test_a_long_message_is_cut_and_shows_it() -> None:
    message = logged("ä" * 5000).message

    assert len(message.encode()) <= MAX_MESSAGE_BYTES
    assert message.endswith("ä…")


def test_nul_and_lone_surrogates_are_replaced() -> None:
    line = logged("a\0b\ud800", extra={"k\0\ud800": "v\0\ud800", "in": {"\0": ["\0"]}})

    assert line.message == "a\ufffdb?"
    assert json.loads(line.fields or "") == {
        "k\ufffd?": "v\ufffd?",
        "in": {"\ufffd": ["\ufffd"]},
    }


def test_values_that_are_no_json_are_text() -> None:
    loop: list[Any] = []
    loop.append(loop)

    found = fields(
        {
            "at": NOW,
            "nan": math.nan,
            "set": {1},
            "loop": loop,
            "huge": 10**5000,
            "bad": Hostile(),
            "fine": [1, None, {"a": True}],
            7: "seven",
        }
    )

    assert found == {
        "at": "2026-01-02 03:04:05+00:00",
        "nan": "nan",
        "set": "{1}",
        "loop": "[[...]]",
        "huge": "int, whose text failed: ValueError",
        "bad": "Hostile, whose text failed: RuntimeError",
        "fine": [1, None, {"a": True}],
        "7": "seven",
    }


def test_a_large_value_is_cut_and_fields_beyond_the_limit_are_counted() -> None:
    found = fields({f"f{n}": "x" * 3000 for n in range(10)})

    assert all(found[f"f{n}"].endswith("x…") for n in range(7))
    assert found["…"] == "3 more fields were left out."
    assert len(json.dumps(found, ensure_ascii=False).encode()) < MAX_FIELDS_BYTES + 200


def test_a_line_without_fields_has_none() -> None:
    assert fields(None) is None
    assert fields({}) is None
    assert fields("no mapping") is None
    assert fields(HostileMapping()) is None


def test_the_text_of_an_exception_is_kept_whichever_way_it_is_named() -> None:
    try:
        {}["order 7\0"]
    except KeyError as error:
        for named in (True, error, sys.exc_info()):
            text = fields({"row": 1}, exc_info=named)["exception"]
            assert text.startswith("Traceback (most recent call last):\n")
            assert text.endswith("KeyError: 'order 7\\x00'\n")
    assert fields({"row": 1}, exc_info=True) == {"row": 1}
    assert fields({"row": 1}, exc_info=(None, None, None)) == {"row": 1}


ODD = st.text('a\0\ud800"\\u0\n…', max_size=6)


@given(
    message=ODD,
    extra=st.dictionaries(
        ODD, st.floats() | ODD | st.lists(ODD) | st.dictionaries(ODD, ODD)
    ),
)
def test_whatever_is_logged_is_text_that_postgresql_stores(
    message: str, extra: dict[str, Any]
) -> None:
    line = logged(message, extra=extra)

    assert "\0" not in line.message
    line.message.encode()
    text = line.fields or "{}"
    text.encode()
    assert "\0" not in str(json.loads(text, parse_constant=pytest.fail))
