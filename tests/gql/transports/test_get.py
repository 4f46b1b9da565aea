"""GET over HTTP: queries alone, and no way around the rule that a change is a POST."""

import json
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.gql.client import Api

ALICE = {"authorization": "Bearer alice"}
GRAPHQL_RESPONSE = "application/graphql-response+json"
VIEWER = "{ viewer { userId } }"
MUTATION = 'mutation { scheduleJob(input: {type: "no-op", tag: "t"}) { created } }'


async def _get(
    api: Api, accept: str = "application/json", **params: str
) -> httpx.Response:
    return await api.request("GET", params=params, headers={**ALICE, "accept": accept})


def _code(response: httpx.Response) -> str:
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"
    return response.json()["errors"][0]["extensions"]["code"]


async def test_a_query_is_answered(api: Api) -> None:
    response = await _get(
        api,
        query="query A { viewer { userId } } query B($id: ID!) { job(id: $id) { id } }",
        operationName="B",
        variables='{"id": "job_00000000000000000000000000"}',
        extensions="{}",
    )

    assert response.status_code == 200
    assert response.json() == {"data": {"job": None}}


async def test_what_is_wrong_with_the_operation_has_the_status_of_a_post(
    api: Api,
) -> None:
    plain = await _get(api, query="{ nothing }")
    strict = await _get(api, GRAPHQL_RESPONSE, query="{ nothing }")

    assert (plain.status_code, strict.status_code) == (200, 400)
    assert _code(plain) == _code(strict) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    "query_string", ["", "query={a}&variables={", "query={a}&query={a}"]
)
async def test_an_address_that_is_no_request_is_answered_with_400(
    api: Api, query_string: str
) -> None:
    response = await api.request("GET", query_string=query_string, headers=ALICE)

    assert response.status_code == 400
    assert _code(response) == "BAD_REQUEST"


async def test_a_subscription_is_sent_to_websockets_and_events(api: Api) -> None:
    response = await _get(api, query="subscription { jobListUpdates { __typename } }")

    assert response.status_code == 400
    assert _code(response) == "BAD_REQUEST"


async def test_a_caller_who_is_not_known_is_answered_with_401(api: Api) -> None:
    response = await api.request("GET", params={"query": VIEWER})

    assert response.status_code == 401


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("accept", ["application/json", GRAPHQL_RESPONSE])
@pytest.mark.parametrize(
    "params",
    [
        {"query": MUTATION},
        {
            "query": f"query A {VIEWER} {MUTATION.replace('{', 'B {', 1)}",
            "operationName": "B",
        },
    ],
    ids=["alone", "named"],
)
async def test_a_mutation_is_refused_and_does_not_run(
    api: Api, params: dict[str, str], accept: str
) -> None:
    response = await _get(api, accept, **params)

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert _code(response) == "METHOD_NOT_ALLOWED"
    assert await _count(api) == 0


JSON_BODY = json.dumps({"query": MUTATION}).encode()
FORM = urlencode({"query": MUTATION}).encode()
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
    + JSON_BODY
    + b"\r\n--x--\r\n"
)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("content_types", "body"),
    [
        # What a form or a script of another site may send without asking first.
        (["text/plain"], JSON_BODY),
        (["text/plain; charset=utf-8"], JSON_BODY),
        (["text/plain; application/json"], JSON_BODY),
        (["text/plain;a=application/json"], JSON_BODY),
        (["application/x-www-form-urlencoded"], FORM),
        (["application/x-www-form-urlencoded"], JSON_BODY),
        (["multipart/form-data; boundary=x"], MULTIPART),
        (["multipart/form-data; boundary=x; application/json"], JSON_BODY),
        ([], JSON_BODY),
        ([""], JSON_BODY),
        ([";"], JSON_BODY),
        # What only looks like JSON.
        (["application/jsonp"], JSON_BODY),
        (["text/json"], JSON_BODY),
        (["json"], JSON_BODY),
        (["application/json5"], JSON_BODY),
        (["application/x-json"], JSON_BODY),
        (["application/graphql"], MUTATION.encode()),
        (["application/graphql+json"], JSON_BODY),
        (["application/json+x"], JSON_BODY),
        (["application/json/x"], JSON_BODY),
        (["application /json"], JSON_BODY),
        (["application/json; charset=utf-16"], JSON_BODY.decode().encode("utf-16")),
        (["application/json; charset=utf-7"], JSON_BODY),
        (["application/json; charset=latin-1"], JSON_BODY),
        (["application/json; charset="], JSON_BODY),
        (["application/json; charset=utf-8; charset=utf-16"], JSON_BODY),
        # Which of several counts is told differently by every program on the way.
        (["application/json, text/plain"], JSON_BODY),
        (["text/plain, application/json"], JSON_BODY),
        (["text/plain", "application/json"], JSON_BODY),
        (["application/json", "text/plain"], JSON_BODY),
        (["application/json", "application/json"], JSON_BODY),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
async def test_only_json_in_utf_8_changes_anything(
    api: Api, content_types: list[str], body: bytes
) -> None:
    response = await api.request(
        "POST",
        content=body,
        headers=[*ALICE.items(), *(("content-type", one) for one in content_types)],
    )

    assert response.status_code == 415
    assert _code(response) == "UNSUPPORTED_MEDIA_TYPE"
    assert await _count(api) == 0


@pytest.mark.usefixtures("database")
async def test_the_same_body_as_json_does(api: Api) -> None:
    response = await api.post(content=JSON_BODY)

    assert response.json() == {"data": {"scheduleJob": {"created": True}}}
    assert await _count(api) == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override"])
async def test_no_header_or_parameter_makes_a_get_a_post(api: Api, header: str) -> None:
    response = await api.request(
        "GET",
        query_string=f"_method=POST&query={quote(MUTATION)}",
        headers={**ALICE, header: "POST", "content-type": "application/json"},
    )

    assert response.status_code == 405
    assert await _count(api) == 0


@pytest.mark.usefixtures("database")
async def test_the_address_of_a_post_is_not_read(api: Api) -> None:
    response = await api.request(
        "POST",
        params={"query": MUTATION},
        content=b"{}",
        headers={**ALICE, "content-type": "application/json"},
    )

    assert response.status_code == 400
    assert await _count(api) == 0


async def _count(api: Api) -> int:
    found = await api.data("{ jobs { nodes { id } } }")
    return len(found["jobs"]["nodes"])
