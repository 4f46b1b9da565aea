"""Trusted documents and a hidden schema, over every transport."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jobwire.gql.document_ids import sha256_id
from jobwire.gql.documents import DocumentPolicy, TrustedDocuments, policy
from tests.gql.client import Api
from tests.gql.host import Host
from tests.gql.types import OpenEvents, OpenSocket

GRAPHQL_RESPONSE = "application/graphql-response+json"
TRUSTED = "query Viewer { viewer { userId } }"
OTHER = "query Viewer { viewer { userId scopes } }"
MUTATION = 'mutation { scheduleJob(input: {type: "no-op", tag: "t"}) { created } }'
DATA = {"data": {"viewer": {"userId": "user-1"}}}
NOWHERE = "0" * 64

#: Sends a request as a caller, and returns its one result.
Send = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(params=["POST", "GET", "events", "events by GET", "websocket"])
def send(
    request: pytest.FixtureRequest,
    api: Api,
    open_socket: OpenSocket,
) -> Send:
    async def over_http(caller: str = "alice", **body: Any) -> dict[str, Any]:
        accept = "text/event-stream" if "events" in request.param else GRAPHQL_RESPONSE
        headers = {"accept": accept, "authorization": f"Bearer {caller}"}
        if "GET" in request.param:
            params = {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in body.items()
            }
            response = await api.request("GET", params=params, headers=headers)
        else:
            response = await api.post(body, headers=headers)
        if accept == GRAPHQL_RESPONSE:
            result: dict[str, Any] = response.json()
            assert response.status_code == 200 if "data" in result else 400
            return result
        [event, _] = response.text.removesuffix("\n\n").split("\n\n")
        return json.loads(event.removeprefix("event: next\ndata: "))

    async def over_websocket(caller: str = "alice", **body: Any) -> dict[str, Any]:
        async with open_socket() as socket:
            await socket.initialise(caller)
            await socket.send({"id": "1", "type": "subscribe", "payload": body})
            message = await socket.receive()
        return (
            message["payload"]
            if message["type"] == "next"
            else {"errors": message["payload"]}
        )

    return over_websocket if request.param == "websocket" else over_http


def _code(result: dict[str, Any]) -> str:
    assert "data" not in result, result
    return result["errors"][0]["extensions"]["code"]


@pytest.fixture
def trusted(host: Host, tmp_path: Path) -> TrustedDocuments:
    """Only the documents of a manifest run, and the board's."""
    manifest = tmp_path / "manifest.json"
    texts = [TRUSTED, MUTATION]
    manifest.write_text(json.dumps({sha256_id(text): text for text in texts}))
    trusted = TrustedDocuments.read([manifest], ["query Board { __typename }"])
    host.policy.now = DocumentPolicy(trusted, only_trusted=True)
    return trusted


@pytest.mark.usefixtures("trusted")
async def test_a_trusted_document_runs_by_its_id_in_every_spelling(send: Send) -> None:
    id = sha256_id(TRUSTED)
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": id}}

    assert await send(documentId=id) == DATA
    assert await send(documentId=f"sha256:{id}", query="") == DATA
    assert await send(extensions=persisted) == DATA
    assert await send(extensions=persisted, query=TRUSTED) == DATA


@pytest.mark.usefixtures("trusted")
async def test_only_trusted_documents_run(send: Send) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256_id(OTHER)}}

    assert await send(query=TRUSTED) == DATA
    assert await send(query="query Board { __typename }") == {
        "data": {"__typename": "Query"}
    }
    for query in (OTHER, f"{TRUSTED} ", "{", "{ __schema { description } }"):
        assert _code(await send(query=query)) == "DOCUMENT_NOT_TRUSTED"
    # What Apollo's clients send once an id is not known is not registered.
    for _ in range(2):
        result = await send(query=OTHER, extensions=persisted)
        assert _code(result) == "DOCUMENT_NOT_TRUSTED"
        result = await send(extensions=persisted)
        assert _code(result) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.usefixtures("trusted")
async def test_admins_may_run_others_and_leave_no_door_open(send: Send) -> None:
    result = await send(caller="admin", query=OTHER)

    assert result["data"]["viewer"]["userId"] == "operator"
    assert _code(await send(query=OTHER)) == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.usefixtures("trusted")
async def test_an_unknown_id_is_told_in_the_words_of_apollo(send: Send) -> None:
    result = await send(documentId=NOWHERE)

    assert _code(result) == "PERSISTED_QUERY_NOT_FOUND"
    assert result["errors"][0]["message"] == "PersistedQueryNotFound"


async def test_without_a_manifest_ids_are_not_supported_and_documents_run(
    send: Send,
) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256_id(TRUSTED)}}

    result = await send(extensions=persisted)

    assert _code(result) == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert result["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert await send(extensions=persisted, query=TRUSTED) == DATA
    assert _code(await send(extensions=persisted)) == "PERSISTED_QUERY_NOT_SUPPORTED"


async def test_an_open_server_runs_both(send: Send, host: Host, trusted: Any) -> None:
    host.policy.now = DocumentPolicy(trusted)

    assert await send(documentId=sha256_id(TRUSTED)) == DATA
    assert "data" in await send(query=OTHER)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    "body",
    [{}, {"documentId": NOWHERE, "query": TRUSTED}, {"documentId": 5}],
    ids=["neither", "two documents", "no string"],
)
async def test_a_request_for_no_document_or_for_two_is_none(
    api: Api, body: dict[str, Any]
) -> None:
    response = await api.post(body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.usefixtures("trusted", "database")
async def test_a_trusted_mutation_is_none_that_a_get_may_run(api: Api) -> None:
    response = await api.request(
        "GET",
        params={"documentId": sha256_id(MUTATION)},
        headers={"authorization": "Bearer alice"},
    )

    assert response.status_code == 405
    found = await api.data("{ jobs { nodes { id } } }", caller="admin")
    assert found == {"jobs": {"nodes": []}}


@pytest.mark.usefixtures("trusted")
async def test_a_trusted_document_is_never_parsed_again(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "prepare", None)

    assert await send(query=TRUSTED) == DATA
    assert await send(documentId=sha256_id(TRUSTED)) == DATA


INTROSPECTION = {
    "the schema": "{ __schema { queryType { name } } }",
    "a type": '{ __type(name: "Job") { name } }',
    "an alias": "{ viewer: __schema { queryType { name } } }",
    "a fragment": "{ ...F } fragment F on Query { __schema { queryType { name } } }",
    "an inline fragment": "{ ... { ... on Query { __schema { description } } } }",
    "behind a variable": """query ($yes: Boolean = true) {
      __schema @include(if: $yes) { queryType { name } } }""",
    "another operation": """query A { __schema { queryType { name } } }
      query B { viewer { userId } }""",
}


@pytest.fixture
def hidden(host: Host) -> None:
    """The schema is told to admins alone."""
    host.policy.now = DocumentPolicy(introspection=False)


@pytest.mark.usefixtures("hidden")
async def test_the_schema_is_hidden_from_all_but_admins(send: Send) -> None:
    for what, query in INTROSPECTION.items():
        name = {"operationName": "A"} if what == "another operation" else {}
        # Whoever comes first, the cache that both share opens no door.
        seen = await send(caller="admin", query=query, **name)
        refused = await send(query=query, **name)

        assert "errors" not in seen, what
        assert _code(refused) == "INTROSPECTION_DISABLED", what
        assert "turned off" in refused["errors"][0]["message"]


@pytest.mark.usefixtures("hidden")
async def test_the_name_of_a_type_is_no_secret(send: Send) -> None:
    result = await send(query="{ __typename viewer { __typename userId } }")

    assert result["data"]["__typename"] == "Query"
    assert result["data"]["viewer"]["__typename"] == "Viewer"


SUGGESTING: list[dict[str, Any]] = [
    {"query": "{ viewerr { userId } }"},
    {"query": "{ viewer { userIdd } }"},
    {"query": "{ viewer }"},
    {"query": "{ jobs(frst: 1) { nodes { id } } }"},
    {"query": "{ jobs(filter: {statuse: [QUEUED]}) { nodes { id } } }"},
    {"query": "{ jobs(filter: {statuses: [QUEUE]}) { nodes { id } } }"},
    {"query": "query ($f: JobFiltr) { jobs(filter: $f) { nodes { id } } }"},
    {"query": "{ node(id: 1) { status } }"},
    *(
        {
            "query": "query ($f: JobFilter) { jobs(filter: $f) { nodes { id } } }",
            "variables": {"f": filter},
        }
        for filter in ({"statuse": ["QUEUED"]}, {"statuses": ["QUEUE"]})
    ),
    {
        "query": """query ($s: [JobStatus!] = [QUEUE]) {
          jobs(filter: {statuses: $s}) { asOf } }"""
    },
]


@pytest.mark.usefixtures("hidden")
async def test_errors_suggest_nothing_of_a_hidden_schema(send: Send) -> None:
    for request in SUGGESTING:
        told = await send(caller="admin", **request)
        hidden = await send(**request)

        assert "Did you mean" in told["errors"][0]["message"], request
        assert "Did you mean" not in json.dumps(hidden), request
        assert _code(hidden) == _code(told)


@pytest.mark.usefixtures("hidden")
async def test_the_variables_of_a_subscription_suggest_nothing(
    open_events: OpenEvents,
) -> None:
    query = "subscription ($f: JobFilter) { jobListUpdates(filter: $f) { __typename } }"
    for caller, suggests in (("admin", True), ("alice", False)):
        async with open_events(query, caller=caller, f={"statuse": []}) as stream:
            [refused, _] = await stream.rest()

        assert ("Did you mean" in refused.data) is suggests
