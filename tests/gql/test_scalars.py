"""Scalars: what they take, what they give, what they refuse."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError, StringValueNode, parse_value, print_ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.gql.scalars import (
    MAX_CURSOR_LENGTH,
    MAX_DURATION,
    MAX_JSON_DEPTH,
    is_unstorable,
    parse_cursor,
    parse_duration,
    parse_instant,
    parse_json,
)
from jobwire.gql.schema import core
from jobwire.jobs.iso8601 import format_duration, format_instant
from tests.gql.client import Api

#: Examples are small, but the machine may be busy.
PATIENT = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
INSTANT = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T19:30:00.000Z", INSTANT),
        ("2026-11-23T19:30:00Z", INSTANT),
        ("2026-11-23T19:30Z", INSTANT),
        ("2026-11-23T21:00:00+01:30", INSTANT),
        ("2026-11-23T19:30:00-00:00", INSTANT),
        ("2026-11-23T19:30:00.123456Z", INSTANT.replace(microsecond=123456)),
        ("2026-11-23T19:30:00.123456789Z", INSTANT.replace(microsecond=123456)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(text: str, instant: datetime) -> None:
    found = parse_instant(text)

    assert found == instant
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-23T19:30:00",
        "2026-11-23",
        "2026-W48-1",
        "2026-W48-1T19:30:00Z",
        "2026-327T19:30:00Z",
        "20261123T193000Z",
        "2026-11-23 19:30:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T19:30:60Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T19:30:00+24:00",
        "2026-11-23T19:30:00+0100",
        "0001-01-01T00:00:00Z",
        "0001-01-01T14:00:00+14:00",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "\uff12026-11-23T19:30:00Z",
        "2026-11-23T19:30:00Z\n",
        "now",
        "",
        1_700_000_000,
        1.5,
        True,
        None,
        [],
        {},
    ],
    ids=str,
)
def test_what_is_no_instant_with_an_offset_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="offset"):
        parse_instant(value)


def test_an_instant_is_given_in_utc_with_milliseconds() -> None:
    east = timezone(timedelta(hours=5, minutes=30))

    assert format_instant(INSTANT) == "2026-11-23T19:30:00.000Z"
    assert format_instant(INSTANT.astimezone(east)) == "2026-11-23T19:30:00.000Z"
    assert (
        format_instant(INSTANT.replace(microsecond=999_999))
        == "2026-11-23T19:30:00.999Z"
    )


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT30S", timedelta(seconds=30)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT0.000001S", timedelta(microseconds=1)),
        ("PT90M", timedelta(minutes=90)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("PT0S", timedelta()),
        (f"P{MAX_DURATION.days}D", MAX_DURATION),
    ],
)
def test_a_duration_is_read(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "value",
    [
        "P1Y",
        "P1M",
        "P",
        "PT",
        "P1DT",
        "-PT1S",
        "PT-1S",
        "PT1,5S",
        "PT1.5H",
        "PT1.0000001S",
        "pt1s",
        "1 day",
        "PT\uff11S",
        f"P{MAX_DURATION.days}DT1S",
        "PT999999999999S",
        "P999999999D",
        "PT1S ",
        "",
        30,
        None,
        True,
    ],
    ids=str,
)
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match=r"[Dd]uration"):
        parse_duration(value)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "PT0S"),
        (timedelta(days=1), "P1D"),
        (timedelta(seconds=90), "PT1M30S"),
        (timedelta(days=1, seconds=1), "P1DT1S"),
        (timedelta(milliseconds=1500), "PT1.5S"),
        (timedelta(microseconds=1), "PT0.000001S"),
        (timedelta(seconds=-1), "-PT1S"),
    ],
)
def test_a_duration_is_given(span: timedelta, text: str) -> None:
    assert format_duration(span) == text


@PATIENT
@given(st.timedeltas(min_value=timedelta(), max_value=MAX_DURATION))
def test_a_duration_is_read_as_it_was_given(span: timedelta) -> None:
    assert parse_duration(format_duration(span)) == span


@PATIENT
@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_was_given_but_for_finer_parts(
    instant: datetime,
) -> None:
    whole = instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    assert parse_instant(format_instant(instant)) == whole


def _nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, "", "ä𝄞", [], {}, {"a": [1, {"b": None}]}, _nested(100)],
    ids=str,
)
def test_json_is_any_json_value(value: object) -> None:
    assert parse_json(value) is value


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        [float("-inf")],
        "\0",
        {"a": ["b\0"]},
        {"\0": 1},
        "\ud800",
        {"\udfff": 1},
        ["a\udc00b"],
        _nested(MAX_JSON_DEPTH + 1),
        _nested(100_000),
    ],
    ids=range(11),
)
def test_json_that_could_not_be_kept_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="JSON"):
        parse_json(value)


def test_json_may_stand_in_the_document() -> None:
    literal = parse_value('{a: [1, 2.5, "x", true, null, WORD], b: {c: -1}}')

    assert core.type_map["JSON"].parse_literal(literal) == {
        "a": [1, 2.5, "x", True, None, "WORD"],
        "b": {"c": -1},
    }


@pytest.mark.parametrize(
    "text", ["1e999", "9" * 5000, '"\\u0000"', "[" * 102 + "]" * 102]
)
def test_json_in_the_document_is_held_to_the_same(text: str) -> None:
    with pytest.raises(GraphQLError, match="JSON"):
        core.type_map["JSON"].parse_literal(parse_value(text))


def test_a_cursor_is_passed_on_as_it_is() -> None:
    longest = "a" * MAX_CURSOR_LENGTH

    assert parse_cursor(longest) == longest


@pytest.mark.parametrize(
    "value",
    ["", "a" * (MAX_CURSOR_LENGTH + 1), "a b", "ä", "a\n", "\0", 5, None, []],
    ids=range(9),
)
def test_what_can_be_no_cursor_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="cursor"):
        parse_cursor(value)


@PATIENT
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters()),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(st.characters()), inner)
        ),
    )
)
def test_json_is_passed_on_or_refused_and_nothing_else(value: object) -> None:
    try:
        passed = parse_json(value)
    except GraphQLError:
        return
    assert passed is value
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


TEXT_SCALARS = ["DateTime", "Duration", "EventCursor"]
#: Any value that a client may send as JSON, and some that JSON has not.
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,9}", fullmatch=True)
#: JSON that can be written into a document: its keys are names there.
WRITABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=12,
)
#: Texts that are nearly right: in what looks like a date the day may be the 99th.
NEARLY = st.one_of(
    st.from_regex(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)",
        fullmatch=True,
    ),
    st.from_regex(
        r"P(\d{1,7}W)?(\d{1,7}D)?(T(\d{1,10}H)?(\d{1,10}M)?(\d{1,13}(\.\d{1,7})?S)?)?",
        fullmatch=True,
    ),
    st.text(st.sampled_from("0123456789PTDHMSWYZ.:+-"), max_size=30),
    st.text(st.characters(), max_size=600),
)


def _read(read: Callable[[Any], Any], value: Any) -> Any:
    """Read a value; tell whether it was refused, and let no other error pass."""
    try:
        return read(value)
    except GraphQLError as refused:
        return type(refused)


@PATIENT
@given(st.sampled_from(TEXT_SCALARS), NEARLY)
def test_a_text_means_the_same_as_a_variable_and_in_the_document(
    name: str, text: str
) -> None:
    scalar = core.type_map[name]

    as_variable = _read(scalar.parse_value, text)

    assert as_variable == _read(scalar.parse_literal, StringValueNode(value=text))


@PATIENT
@given(st.sampled_from([*TEXT_SCALARS, "JSON"]), ANY_VALUE)
def test_any_value_is_read_or_refused_and_nothing_else(name: str, value: Any) -> None:
    _read(core.type_map[name].parse_value, value)


@PATIENT
@given(WRITABLE)
def test_json_means_the_same_as_a_variable_and_in_the_document(value: Any) -> None:
    json_scalar = core.type_map["JSON"]

    written = _read(json_scalar.parse_literal, parse_value(_written(value)))

    assert written == _read(json_scalar.parse_value, value)


def _written(value: Any) -> str:
    """Write a value as a document has it."""
    if isinstance(value, dict):
        members = (f"{name}: {_written(member)}" for name, member in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return (
        print_ast(StringValueNode(value=value))
        if isinstance(value, str)
        else json.dumps(value)
    )


@PATIENT
@given(st.text(st.characters(), max_size=60))
async def test_an_id_that_names_nothing_finds_nothing(api: Api, text: str) -> None:
    query = "query ($id: ID!) { job(id: $id) { id } node(id: $id) { id } }"

    answer = await api(query, id=text)

    if "errors" in answer:
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert is_unstorable(text)
    else:
        assert answer["data"] == {"job": None, "node": None}
