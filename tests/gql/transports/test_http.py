"""GraphQL over HTTP: every shape of request, and never a 500 for what a client sent."""

import json
from collections.abc import AsyncIterator
from typing import NoReturn

import httpx
import pytest
from starlette.applications import Starlette

from jobwire.gql.documents import MAX_ERRORS
from jobwire.gql.transports import Authenticate, EngineOf, graphql_routes
from jobwire.gql.transports.parameters import MAX_BODY_BYTES
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import UnauthenticatedError
from tests.gql.callers import authenticate
from tests.gql.client import Api

VIEWER = {"query": "{ viewer { userId } }"}
GRAPHQL_RESPONSE = "application/graphql-response+json"


def _code(response: httpx.Response) -> str:
    assert response.headers["x-content-type-options"] == "nosniff"
    body = response.json()
    assert "data" not in body
    return body["errors"][0]["extensions"]["code"]


MALFORMED = {
    "null": b"null",
    "true": b"true",
    "a number": b"5",
    "a string": b'"x"',
    "an empty array": b"[]",
    "an array": b"[5]",
    "a batch": json.dumps([VIEWER, VIEWER]).encode(),
    "nothing": b"",
    "no JSON": b"{",
    "two values": b"{}{}",
    "no UTF-8": b'{"query": "\xff"}',
    "UTF-16": json.dumps(VIEWER).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(VIEWER).encode(),
    "2,000 arrays": b"[" * 2000 + b"]" * 2000,
    "100,000 arrays": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "a huge integer": b'{"query": "{a}", "variables": {"a": ' + b"9" * 5000 + b"}}",
    "NaN": b'{"query": "{a}", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{a}", "variables": {"a": -Infinity}}',
    "a number beyond all": b'{"query": "{a}", "variables": {"a": 1e309}}',
    "no query": b"{}",
    "a null query": b'{"query": null}',
    "a query that is a number": b'{"query": 5}',
    "variables that are an array": b'{"query": "{a}", "variables": []}',
    "variables that are a string": b'{"query": "{a}", "variables": "{}"}',
    "an operation name that is a number": b'{"query": "{a}", "operationName": 5}',
    "extensions that are a string": b'{"query": "{a}", "extensions": "x"}',
}


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_body_that_is_no_request_is_answered_with_400(
    api: Api, body: str
) -> None:
    response = await api.post(content=MALFORMED[body])

    assert response.status_code == 400
    assert _code(response) == "BAD_REQUEST"


async def test_members_that_are_not_known_are_ignored(api: Api) -> None:
    response = await api.post(
        {**VIEWER, "variables": None, "operationName": None, "extensions": {}, "x": 1}
    )

    assert response.json() == {"data": {"viewer": {"userId": "user-1"}}}


async def test_an_encoded_body_is_not_decoded(api: Api) -> None:
    response = await api.post(VIEWER, headers={"content-encoding": "gzip"})

    assert response.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FROB"])
async def test_other_methods_are_refused(api: Api, method: str) -> None:
    response = await api.request(method, params=VIEWER)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    assert _code(response) == "METHOD_NOT_ALLOWED"


async def test_a_head_is_refused_and_runs_nothing(http_url: str) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.head(http_url, params=VIEWER)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    assert response.content == b""


async def test_options_are_told_to_everybody(api: Api) -> None:
    response = await api.request("OPTIONS")

    assert response.status_code == 204
    assert response.headers["allow"] == "GET, POST, OPTIONS"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content == b""


async def test_the_largest_body_is_read_and_a_larger_one_is_not(api: Api) -> None:
    body = json.dumps(VIEWER).encode()

    largest = await api.post(content=body.ljust(MAX_BODY_BYTES))
    larger = await api.post(content=body.ljust(MAX_BODY_BYTES + 1))

    assert largest.status_code == 200
    assert larger.status_code == 413
    assert _code(larger) == "PAYLOAD_TOO_LARGE"


async def test_a_large_body_of_unknown_length_is_refused_and_ends_the_connection(
    api: Api,
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY_BYTES // 2)

    response = await api.request(
        "POST",
        content=chunks(),
        headers={"content-type": "application/json", "authorization": "Bearer alice"},
    )

    assert response.status_code == 413
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("caller", [None, "nobody"])
async def test_a_caller_who_is_not_known_is_answered_with_401(
    api: Api, caller: str | None
) -> None:
    response = await api.post(VIEWER, caller=caller)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert _code(response) == "UNAUTHENTICATED"


async def _with(authenticate: Authenticate, engine_of: EngineOf) -> httpx.Response:
    app = Starlette(routes=graphql_routes(engine_of, authenticate, path="/graphql"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await Api(http).post(VIEWER)


async def test_a_host_may_say_why_a_caller_is_not_known(engine: Engine) -> None:
    async def refuse(*_: object) -> NoReturn:
        raise UnauthenticatedError("The token has expired.")

    response = await _with(refuse, lambda: engine)

    assert response.status_code == 401
    assert "expired" in response.json()["errors"][0]["message"]


async def test_without_an_engine_the_answer_is_503() -> None:
    def no_engine() -> Engine:
        raise RuntimeError("the pool is at 10.0.0.1")

    response = await _with(authenticate, no_engine)

    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert _code(response) == "UNAVAILABLE"
    assert "10.0.0.1" not in response.text


async def test_an_unexpected_error_is_logged_and_only_its_id_is_told(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> NoReturn:
        raise KeyError("secret")

    response = await _with(fail, lambda: engine)

    assert response.status_code == 500
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in response.text
    assert error["extensions"]["id"] in error["message"]
    [record] = [one for one in caplog.records if one.exc_info]
    assert record.error_id == error["extensions"]["id"]
    assert record.exc_info[0] is KeyError


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_answer_is_of_the_type_that_the_client_likes_best(
    api: Api, method: str
) -> None:
    headers = {"accept": f"application/json;q=0.5, {GRAPHQL_RESPONSE}"}
    if method == "GET":
        headers["authorization"] = "Bearer alice"
        response = await api.request("GET", params=VIEWER, headers=headers)
    else:
        response = await api.post(VIEWER, headers=headers)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"


async def test_several_headers_accept_what_one_would(api: Api) -> None:
    response = await api.request(
        "GET",
        params=VIEWER,
        headers=[
            ("authorization", "Bearer alice"),
            ("accept", "application/json;q=0"),
            ("accept", "*/*"),
        ],
    )

    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0"])
async def test_a_client_that_accepts_nothing_we_have_is_told_so(
    api: Api, accept: str
) -> None:
    response = await api.post(VIEWER, headers={"accept": accept})

    assert response.status_code == 406
    assert response.headers["vary"] == "Accept"
    assert _code(response) == "NOT_ACCEPTABLE"


REFUSED = {
    "a syntax error": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "an empty document": ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
    "only a fragment": (
        {"query": "fragment F on Viewer { userId }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "an unknown field": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "an unknown fragment": ({"query": "{ ...Nope }"}, "GRAPHQL_VALIDATION_FAILED"),
    "a type definition": ({"query": "type A { a: Int }"}, "GRAPHQL_VALIDATION_FAILED"),
    "two operations and no name": (
        {"query": "query A { viewer { userId } } query B { viewer { userId } }"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "an unknown operation": (
        {"query": "query A { viewer { userId } }", "operationName": "B"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "a lone surrogate as its name": (
        {"query": "query A { viewer { userId } }", "operationName": "\ud800"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "a missing variable": (
        {"query": "query ($id: ID!) { job(id: $id) { id } }"},
        "BAD_USER_INPUT",
    ),
    "a variable of another type": (
        {
            "query": "query ($n: Int) { jobs(first: $n) { nodes { id } } }",
            "variables": {"n": "1"},
        },
        "BAD_USER_INPUT",
    ),
    "a NUL in a variable": (
        {
            "query": "query ($id: ID!) { job(id: $id) { id } }",
            "variables": {"id": "\0"},
        },
        "BAD_USER_INPUT",
    ),
    "a lone surrogate in a variable": (
        {
            "query": "query ($id: ID!) { job(id: $id) { id } }",
            "variables": {"id": "a\udfff"},
        },
        "BAD_USER_INPUT",
    ),
    "a lone surrogate in a variable's name": (
        {"query": "{ viewer { userId } }", "variables": {"\ud800": "\0"}},
        "BAD_USER_INPUT",
    ),
    "a NUL in a literal": (
        {"query": '{ job(id: "\\u0000") { id } }'},
        "BAD_USER_INPUT",
    ),
    "a lone surrogate in a literal": (
        {"query": '{ job(id: "\\uD800") { id } }'},
        "GRAPHQL_PARSE_FAILED",
    ),
    "a lone surrogate in the document": (
        {"query": '{ job(id: "\ud800") { id } }'},
        "GRAPHQL_PARSE_FAILED",
    ),
    "too many tokens": (
        {"query": "{" + " __typename" * 10_000 + "}"},
        "LIMIT_EXCEEDED",
    ),
    "3,000 levels": ({"query": "{ a " * 3000 + "}" * 3000}, "LIMIT_EXCEEDED"),
    "16 levels": (
        {"query": '{ job(id: "x")' + "{ replayOf" * 14 + "{ id }" + "}" * 15},
        "LIMIT_EXCEEDED",
    ),
}


@pytest.mark.parametrize("request_", REFUSED)
async def test_a_request_that_cannot_run_is_refused_before_it_does(
    api: Api, request_: str
) -> None:
    body, code = REFUSED[request_]

    plain = await api.post(body)
    strict = await api.post(body, headers={"accept": GRAPHQL_RESPONSE})

    assert plain.status_code == 200
    assert strict.status_code == 400
    assert _code(plain) == _code(strict) == code


async def test_of_several_operations_the_named_one_runs(api: Api) -> None:
    query = "query A { a: viewer { userId } } query B { b: viewer { userId } }"

    response = await api.post({"query": query, "operationName": "B"})

    assert response.json() == {"data": {"b": {"userId": "user-1"}}}


async def test_a_subscription_is_sent_to_websockets_and_events(api: Api) -> None:
    response = await api.post(
        {"query": "subscription { jobListUpdates { __typename } }"}
    )

    assert response.status_code == 400
    message = response.json()["errors"][0]["message"]
    assert "graphql-transport-ws" in message
    assert "text/event-stream" in message


async def test_a_field_that_fails_leaves_the_others(api: Api) -> None:
    response = await api.post(
        {"query": '{ viewer { userId } job(id: "x") { id } }'},
        caller="writer",
        headers={"accept": GRAPHQL_RESPONSE},
    )

    assert response.status_code == 200
    body = response.json()
    assert body["data"] == {"viewer": {"userId": "user-1"}, "job": None}
    assert [error["path"] for error in body["errors"]] == [["job"]]


async def test_an_operation_that_came_to_nothing_has_run_all_the_same(
    api: Api,
) -> None:
    response = await api.post(
        {"query": "{ jobs { nodes { id } } }"},
        caller="writer",
        headers={"accept": GRAPHQL_RESPONSE},
    )

    assert response.status_code == 200
    assert response.json()["data"] is None


async def test_introspection_is_on(api: Api) -> None:
    found = await api.data("{ __schema { queryType { name } } }")

    assert found == {"__schema": {"queryType": {"name": "Query"}}}


async def test_of_many_faults_of_a_variable_twenty_are_told(api: Api) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    for many in (100, 1_000):
        answer = await api(query, ids=[{}] * many)

        assert "Too many errors" in answer["errors"][-1]["message"]
        assert len(answer["errors"]) == MAX_ERRORS + 1
