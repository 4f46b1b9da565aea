"""Which media type an Accept header chooses, and which Content-Type is JSON."""

import pytest

from jobwire.gql.transports.negotiation import (
    EVENT_STREAM,
    GRAPHQL_RESPONSE,
    JSON,
    choose,
    is_json,
)

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json,"
    " text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        (" , ,", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", EVENT_STREAM),
        (JSON, JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (EVENT_STREAM, EVENT_STREAM),
        (CHROMIUM, JSON),
        (URQL, GRAPHQL_RESPONSE),
    ],
)
def test_what_clients_send_is_understood(accept: str | None, chosen: str) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", JSON),
        (f"{JSON}, {GRAPHQL_RESPONSE};charset=utf-8", JSON),
        (f"*/*, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"application/*, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{JSON};q=0.5, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.8, {JSON};q=0.9", JSON),
        (f"text/html, {GRAPHQL_RESPONSE};q=0.001", GRAPHQL_RESPONSE),
        (f"{EVENT_STREAM};q=0.5, */*", JSON),
    ],
)
def test_the_dearest_is_chosen_and_at_a_tie_the_first_that_is_named(
    accept: str, chosen: str
) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (f"{JSON};q=0, */*", GRAPHQL_RESPONSE),
        (f"*/*, {JSON};q=0", GRAPHQL_RESPONSE),
        (f"{JSON};q=0, {GRAPHQL_RESPONSE};q=0, */*", EVENT_STREAM),
        ("application/*;q=0, */*;q=0.1", EVENT_STREAM),
        (f"application/*;q=0, */*, {GRAPHQL_RESPONSE};q=0.2", EVENT_STREAM),
        (f"application/*;q=0, {GRAPHQL_RESPONSE};q=0.2", GRAPHQL_RESPONSE),
        (f"{JSON};q=0.1, */*;q=0.9", GRAPHQL_RESPONSE),
        (f"{JSON};charset=utf-8;q=0, {JSON}", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=0.000", None),
        ("*/*;q=0", None),
        ("text/html", None),
        ("*/json", None),
    ],
)
def test_the_most_specific_range_counts_and_zero_excludes(
    accept: str, chosen: str | None
) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (f"{GRAPHQL_RESPONSE.upper()} ; Charset=UTF-8", GRAPHQL_RESPONSE),
        (f'{GRAPHQL_RESPONSE};charset="utf-8"', GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};charset=utf-16, {JSON};q=0.1", JSON),
        (f"{GRAPHQL_RESPONSE};charset=utf-16", None),
        (
            f'{GRAPHQL_RESPONSE};a="b, {JSON};q=0;";q=0.9, {JSON};q=0.8',
            GRAPHQL_RESPONSE,
        ),
        (f"{GRAPHQL_RESPONSE};version=2;q=0.9", GRAPHQL_RESPONSE),
    ],
)
def test_of_the_parameters_only_the_charset_matters(
    accept: str, chosen: str | None
) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize(
    "malformed",
    ["q=x", "q=", "q=1.1", "q=2", "q=-1", "q=nan", "q=inf", "q=1e0", "q=0x1", "q"],
)
def test_a_range_whose_quality_is_no_number_is_left_out(malformed: str) -> None:
    assert choose(f"{GRAPHQL_RESPONSE};{malformed}, {JSON};q=0.1") == JSON
    assert choose(f"{GRAPHQL_RESPONSE};{malformed}") == JSON


@pytest.mark.parametrize("malformed", ["json", "/", "a/", "a/b/c", "\x00/b", '"a/b"'])
def test_what_is_no_range_is_left_out(malformed: str) -> None:
    assert choose(f"{malformed}, {GRAPHQL_RESPONSE}") == GRAPHQL_RESPONSE
    assert choose(malformed) == JSON


@pytest.mark.parametrize(
    "part", [",", ";", '"', "\\", '"\\', "a/b;", "*/*;q=0.1,", "; ", 'a;b="', "a="]
)
def test_a_long_header_is_read_to_its_end(part: str) -> None:
    accept = f"{GRAPHQL_RESPONSE},{part * 20_000}"

    assert choose(accept) == GRAPHQL_RESPONSE
    assert not is_json([accept])


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; Charset="UTF-8"',
        "application/json; profile=x",
        "application/json;",
    ],
)
def test_json_may_be_declared_in_all_its_spellings(content_type: str) -> None:
    assert is_json([content_type])
