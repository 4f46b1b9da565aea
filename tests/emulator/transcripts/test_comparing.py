"""The comparison sees what it must, and passes over what is never the same."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests.emulator.transcripts.comparing import compare
from tests.emulator.transcripts.forms import Names
from tests.emulator.transcripts.recording import Answer

RUN = "run_cmwtod8ro0004wx7df8lqx9hr"
OTHER = "run_cmwtod8u50006wx7dnbo6seln"
HERE = "run_c00000000000000000000000a"
THERE = "run_c00000000000000000000000b"
AT = "2026-11-23T19:44:52.658Z"


def token(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"e30.{payload.rstrip('=')}.signature"


def places(
    expected: Any,
    found: Any,
    *,
    names: Names | None = None,
    recorded: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> list[str]:
    answer = Answer(200, recorded or {}, expected)
    response = httpx.Response(200, content=json.dumps(found), headers=headers)
    comparison = compare(answer, response, names or Names())
    return [one.place for one in comparison.mismatches]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"id": RUN}, {"id": HERE}),
        ({"at": AT}, {"at": "2027-01-01T00:00:00.001Z"}),
        (
            {"nextRun": "2026-11-24T05:00:00.000Z"},
            {"nextRun": "2026-11-24T06:00:00.000Z"},
        ),
        ({"durationMs": 72}, {"durationMs": 1}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"url": "http://127.0.0.1:57030/x"}, {"url": "http://emulator/x"}),
        ({"token": "<jwt>"}, {"token": "aaa.bbb.ccc"}),
    ],
)
def test_what_has_the_same_form_is_the_same(expected: Any, found: Any) -> None:
    assert places(expected, found) == []


@pytest.mark.parametrize(
    ("expected", "found", "place"),
    [
        ({"id": RUN}, {"id": "run_x"}, "body.id"),
        ({"id": RUN}, {"id": "batch_c0000000000000000000000aa"}, "body.id"),
        ({"at": AT}, {"at": "2027-01-01T00:00:00Z"}, "body.at"),
        ({"at": AT}, {"at": None}, "body.at"),
        (
            {"nextRun": "2026-11-24T05:00:00.000Z"},
            {"nextRun": "2026-11-24T05:00:01.000Z"},
            "body.nextRun",
        ),
        ({"durationMs": 0}, {"durationMs": 1}, "body.durationMs"),
        ({"durationMs": 72}, {"durationMs": 0}, "body.durationMs"),
        ({"a": 1}, {}, "body.a"),
        ({}, {"a": None}, "body.a"),
        ({"a": 1}, {"a": True}, "body.a"),
        ({"a": [1]}, {"a": []}, "body.a"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "body.a[].b"),
        ({"error": "Not found"}, {"error": "not found"}, "body.error"),
        ({"token": "<jwt>"}, {"token": "none"}, "body.token"),
    ],
)
def test_what_differs_is_told_by_its_place(
    expected: Any, found: Any, place: str
) -> None:
    assert places(expected, found) == [place]


def test_an_id_goes_on_standing_for_the_same_run() -> None:
    names = Names()

    assert places({"id": RUN}, {"id": HERE}, names=names) == []
    assert places({"id": RUN}, {"id": THERE}, names=names) == ["body.id"]
    assert places({"id": OTHER}, {"id": HERE}, names=names) == ["body.id"]
    assert names.translate(f"/api/v3/runs/{RUN}") == f"/api/v3/runs/{HERE}"


def test_headers_that_are_watched_must_be_there_and_no_others() -> None:
    limits = {"x-ratelimit-limit": "750", "x-ratelimit-reset": "1795463102622"}
    later = {**limits, "x-ratelimit-reset": "1795463112622", "server": "any"}

    assert places({}, {}, recorded=limits, headers=later) == []
    assert places({}, {}, recorded=limits) == [
        "headers.x-ratelimit-limit",
        "headers.x-ratelimit-reset",
    ]
    assert places({}, {}, headers={"x-should-retry": "true"}) == [
        "headers.x-should-retry"
    ]


def test_a_token_says_what_is_told_beside_it() -> None:
    recorded = {"x-trigger-jwt": "<jwt>", "x-trigger-jwt-claims": '{"pub":true}'}
    beside = {"x-trigger-jwt-claims": '{"pub":true}'}
    same = {**beside, "x-trigger-jwt": token(pub=True, iat=1, exp=2)}
    other = {**beside, "x-trigger-jwt": token(pub=False, iat=1, exp=2)}

    assert places({}, {}, recorded=recorded, headers=same) == []
    assert places({}, {}, recorded=recorded, headers=other) == ["headers.x-trigger-jwt"]
