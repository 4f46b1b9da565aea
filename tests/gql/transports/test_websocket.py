"""graphql-transport-ws: every rule of the protocol, and every way to break one."""

import asyncio
import json
from typing import Any, NoReturn

import pytest
from websockets.exceptions import InvalidStatus

from jobwire.gql.transports import operations
from jobwire.gql.transports.protocol import MAX_ID_LENGTH, MAX_MESSAGE_LENGTH
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock
from tests.gql.callers import CALLERS
from tests.gql.client import PATIENCE
from tests.gql.host import Host
from tests.gql.transports.watched import Watched
from tests.gql.types import MakeJob, OpenSocket

VIEWER = "{ viewer { userId } }"
FOREVER = "subscription { jobListUpdates { __typename } }"
INIT = {"type": "connection_init", "payload": {"token": "alice"}}


async def test_a_query_is_answered_once(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(VIEWER)

        assert await socket.next("viewer") == {"userId": "user-1"}
        await socket.completed()


async def test_a_mutation_is_answered_once(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(
            """mutation {
              scheduleJob(input: {type: "no-op", tag: "t"}) { created }
            }"""
        )

        assert await socket.next("scheduleJob") == {"created": True}
        await socket.completed()


async def test_operations_of_one_socket_run_side_by_side(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(FOREVER, operation="stream")
        assert await socket.next("jobListUpdates", operation="stream")

        await socket.subscribe(VIEWER, operation="query")

        assert await socket.next("viewer", operation="query")
        await socket.completed(operation="query")


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
async def test_a_token_in_a_header_does_as_well(
    open_socket: OpenSocket, payload: dict[str, Any]
) -> None:
    headers = {"authorization": "Bearer bob"}
    async with open_socket(additional_headers=headers) as socket:
        await socket.send({"type": "connection_init", **payload})
        assert await socket.receive() == {"type": "connection_ack"}
        await socket.subscribe(VIEWER)

        assert await socket.next("viewer") == {"userId": "user-2"}


async def test_a_caller_who_is_not_known_is_forbidden(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.send({"type": "connection_init", "payload": {"token": "nobody"}})

        assert await socket.closed() == (4403, "Forbidden")


async def test_an_operation_before_the_handshake_is_unauthorized(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.subscribe(VIEWER)

        assert await socket.closed() == (4401, "Unauthorized")


async def test_a_second_handshake_is_one_too_many(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.send(INIT)

        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_pings_are_answered_with_their_payload(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        for ping in ({}, {"payload": None}, {"payload": {"a": 1}}):
            await socket.send({"type": "ping", **ping})
            expected = {
                "type": "pong",
                **({"payload": {"a": 1}} if ping.get("payload") else {}),
            }
            assert await socket.receive() == expected


async def test_the_payload_of_a_ping_comes_back_as_it_was(
    open_socket: OpenSocket,
) -> None:
    payloads: list[Any] = [{}, {"a": None}, {"😀": "\ud83d", "b": [1.5, {"c": []}]}]
    async with open_socket() as socket:
        for payload in payloads:
            await socket.send({"type": "ping", "payload": payload})
            assert await socket.receive() == {"type": "pong", "payload": payload}


async def test_a_handshake_may_be_slow_and_pings_may_come_before_it(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        await socket.initialise()
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_pongs_and_ends_of_unknown_operations_are_ignored(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.send({"type": "pong", "payload": {"a": 1}})
        await socket.send({"type": "complete", "id": "unknown"})
        await socket.initialise()
        await socket.send({"type": "complete", "id": "unknown"})
        await socket.send({"type": "pong"})
        await socket.subscribe(VIEWER)

        assert await socket.next("viewer")


SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": VIEWER}}
MALFORMED: dict[str, Any] = {
    "null": None,
    "a number": 5,
    "true": True,
    "a string": '"x"',
    "an array": [],
    "an array of messages": [INIT],
    "no JSON": "{",
    "nothing": "",
    "NaN": '{"type": NaN}',
    "a number beyond all": '{"type": "ping", "payload": {"a": 1e309}}',
    "20,000 arrays": "[" * 20_000 + "]" * 20_000,
    "a huge integer": '{"type": ' + "9" * 6000 + "}",
    "no type": {},
    "a null type": {"type": None},
    "a type that is a number": {"type": 5},
    "a type that is an array": {"type": ["ping"]},
    "an unknown type": {"type": "start"},
    "a very long unknown type": {"type": "x" * 5000},
    "an unknown type of wide characters": {"type": "𝄞" * 500},
    "a message of servers": {"type": "next", "id": "1", "payload": {}},
    "a ping with an array": {"type": "ping", "payload": []},
    "a pong with a string": {"type": "pong", "payload": "x"},
    "a handshake with an array": {"type": "connection_init", "payload": []},
    "a handshake with a string": {"type": "connection_init", "payload": "x"},
    "subscribe without an id": {k: v for k, v in SUBSCRIBE.items() if k != "id"},
    "subscribe with a null id": {**SUBSCRIBE, "id": None},
    "subscribe with a number as id": {**SUBSCRIBE, "id": 1},
    "subscribe with an empty id": {**SUBSCRIBE, "id": ""},
    "subscribe with a list as id": {**SUBSCRIBE, "id": ["1"]},
    "subscribe with an object as id": {**SUBSCRIBE, "id": {}},
    "subscribe with a very long id": {**SUBSCRIBE, "id": "x" * (MAX_ID_LENGTH + 1)},
    "subscribe without a payload": {"id": "1", "type": "subscribe"},
    "subscribe with a null payload": {**SUBSCRIBE, "payload": None},
    "subscribe with a string": {**SUBSCRIBE, "payload": "x"},
    "subscribe with an array": {**SUBSCRIBE, "payload": []},
    "subscribe without a query": {**SUBSCRIBE, "payload": {}},
    "a null query": {**SUBSCRIBE, "payload": {"query": None}},
    "a query that is a number": {**SUBSCRIBE, "payload": {"query": 5}},
    "variables that are a string": {
        **SUBSCRIBE,
        "payload": {"query": VIEWER, "variables": "x"},
    },
    "variables that are an array": {
        **SUBSCRIBE,
        "payload": {"query": VIEWER, "variables": []},
    },
    "extensions that are a string": {
        **SUBSCRIBE,
        "payload": {"query": VIEWER, "extensions": "x"},
    },
    "an operation name that is a number": {
        **SUBSCRIBE,
        "payload": {"query": VIEWER, "operationName": 5},
    },
    "complete without an id": {"type": "complete"},
    "complete with a list as id": {"type": "complete", "id": []},
    "bytes": b"{}",
}


@pytest.mark.parametrize("initialised", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("message", MALFORMED)
async def test_a_message_that_is_none_closes_the_socket_with_a_reason(
    open_socket: OpenSocket,
    caplog: pytest.LogCaptureFixture,
    message: str,
    *,
    initialised: bool,
) -> None:
    async with open_socket() as socket:
        if initialised:
            await socket.initialise()
        given = MALFORMED[message]
        raw = given if isinstance(given, bytes | str) else json.dumps(given)
        await socket.connection.send(raw)

        code, reason = await socket.closed()
    assert code == 4400
    assert 0 < len(reason.encode()) <= 123
    assert not caplog.records


async def test_a_message_that_is_too_long_closes_the_socket(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.connection.send(json.dumps(SUBSCRIBE).ljust(MAX_MESSAGE_LENGTH))
        assert await socket.next("viewer")
        await socket.completed()
        await socket.connection.send(
            json.dumps(SUBSCRIBE).ljust(MAX_MESSAGE_LENGTH + 1)
        )

        code, _ = await socket.closed()
    assert code == 1009


@pytest.mark.parametrize("id", ["1", "x" * MAX_ID_LENGTH, "𝄞" * 200])
async def test_an_id_stands_for_one_operation_at_a_time(
    open_socket: OpenSocket, id: str
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(FOREVER, operation=id)
        await socket.next("jobListUpdates", operation=id)
        await socket.subscribe(VIEWER, operation=id)

        code, reason = await socket.closed()
    assert code == 4409
    assert f"Subscriber for {id} already exists".startswith(reason)


@pytest.mark.parametrize(
    "id",
    ["1", " ", "😀" * 128, "x" * MAX_ID_LENGTH, "\ud83d", "\ude00\ud83d", '\0\n"\\'],
    ids=ascii,
)
async def test_every_message_of_an_operation_has_its_id(
    open_socket: OpenSocket, id: str
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(VIEWER, operation=id)
        assert await socket.next("viewer", operation=id)
        await socket.completed(operation=id)
        await socket.subscribe("{", operation=id)
        assert await socket.refused(operation=id) == "GRAPHQL_PARSE_FAILED"
        await socket.subscribe(FOREVER, operation=id)
        await socket.next("jobListUpdates", operation=id)
        await socket.subscribe(VIEWER, operation=id)

        code, reason = await socket.closed()
    assert code == 4409
    assert len(reason.encode()) <= 123


async def test_nothing_is_told_of_an_operation_that_the_client_has_stopped(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        for number in range(20):
            id = str(number)
            query = VIEWER if number % 2 else FOREVER
            await socket.subscribe(query, operation=id)
            await socket.send({"id": id, "type": "complete"})
            # Once more is no error either.
            await socket.send({"id": id, "type": "complete"})
        await socket.send({"type": "ping"})
        while (await socket.receive())["type"] != "pong":
            # Told before the server heard of the end.
            pass
        await socket.subscribe(VIEWER, operation="last")

        assert await socket.next("viewer", operation="last")
        await socket.completed(operation="last")


async def test_an_end_that_both_sides_tell_at_once_is_told_once(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        for _ in range(20):
            await socket.subscribe(VIEWER)
            assert await socket.next("viewer")
            # The server's own is on its way by now.
            await socket.send({"id": "1", "type": "complete"})
            await socket.completed()
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_behind_an_error_nothing_more_is_told_of_an_operation(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        for query in ("{", "{ nothing }", "subscription { nothing }"):
            await socket.subscribe(query)
            assert await socket.refused()
            await socket.send({"id": "1", "type": "complete"})
            await socket.send({"type": "ping"})
            assert await socket.receive() == {"type": "pong"}


async def test_an_id_stands_for_one_operation_whatever_it_does(
    open_socket: OpenSocket,
) -> None:
    for first, second in ((FOREVER, FOREVER), (FOREVER, "{ nothing }"), (FOREVER, "{")):
        async with open_socket() as socket:
            await socket.initialise()
            await socket.subscribe(first)
            await socket.next("jobListUpdates")
            await socket.subscribe(second)

            assert await socket.closed() == (4409, "Subscriber for 1 already exists")


async def test_what_the_protocol_does_not_name_is_left_alone(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.send({**INIT, "id": 5, "more": [1]})
        assert await socket.receive() == {"type": "connection_ack"}
        nulls = {"operationName": None, "variables": None, "extensions": None}
        payload = {"query": VIEWER, "more": 1, **nulls}
        await socket.send({**SUBSCRIBE, "payload": payload, "more": None})

        assert await socket.next("viewer")
        await socket.completed()


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4499])
async def test_a_client_may_close_with_any_code(
    open_socket: OpenSocket, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(FOREVER)
        await socket.next("jobListUpdates")
        await socket.connection.close(code, "x" * 123)

        assert socket.connection.close_code == code
    assert not caplog.records


async def test_an_id_is_free_again_when_its_operation_has_ended(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        for _ in range(3):
            await socket.subscribe(VIEWER)
            assert await socket.next("viewer")
            await socket.completed()


async def test_an_id_is_free_again_as_soon_as_the_client_completes(
    open_socket: OpenSocket,
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(FOREVER)
        await socket.next("jobListUpdates")
        await socket.send({"id": "1", "type": "complete"})
        await socket.subscribe(VIEWER)

        assert await socket.next("viewer")
        await socket.completed()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { a: jobListUpdates { __typename } jobListUpdates { x } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query A { viewer { userId } } query B { viewer { userId } }",
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            "subscription ($id: ID!) { jobUpdates(id: $id) { __typename } }",
            "BAD_USER_INPUT",
        ),
    ],
    ids=["syntax", "empty", "field", "two fields", "two operations", "variable"],
)
async def test_an_operation_that_cannot_run_is_an_error_and_the_socket_lives(
    open_socket: OpenSocket, query: str, code: str
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        for _ in range(2):
            await socket.subscribe(query)
            assert await socket.refused() == code
        await socket.subscribe(VIEWER)

        assert await socket.next("viewer")


async def test_an_error_of_a_field_is_in_the_result(open_socket: OpenSocket) -> None:
    async with open_socket() as socket:
        await socket.initialise("writer")
        await socket.subscribe('{ job(id: "x") { id } viewer { userId } }')

        message = await socket.receive()
        await socket.completed()
    assert message["type"] == "next"
    assert message["payload"]["data"] == {"job": None, "viewer": {"userId": "user-1"}}
    assert message["payload"]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_operations_of_one_socket_are_limited(
    open_socket: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operations.MAX_OPERATIONS == 100
    monkeypatch.setattr(operations, "MAX_OPERATIONS", 3)
    async with open_socket() as socket:
        await socket.initialise()
        for number in "123":
            await socket.subscribe(FOREVER, operation=number)
            await socket.next("jobListUpdates", operation=number)

        await socket.subscribe(FOREVER, operation="4")
        assert await socket.refused(operation="4") == "LIMIT_EXCEEDED"

        await socket.send({"id": "1", "type": "complete"})
        await socket.subscribe(FOREVER, operation="4")
        assert await socket.next("jobListUpdates", operation="4")


async def test_other_protocols_are_not_spoken(open_socket: OpenSocket) -> None:
    for protocols in (["graphql-ws"], ["graphql-ws", "soap"]):
        async with open_socket(subprotocols=protocols) as socket:
            assert await socket.closed() == (4406, "Subprotocol not acceptable")
    async with open_socket(subprotocols=None) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_the_protocol_is_chosen_among_others(open_socket: OpenSocket) -> None:
    protocols = ["graphql-ws", "graphql-transport-ws"]
    async with open_socket(subprotocols=protocols) as socket:
        assert socket.connection.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://["])
async def test_pages_of_other_hosts_may_open_no_socket(
    open_socket: OpenSocket, origin: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with open_socket(origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_pages_of_the_same_host_may_open_sockets(
    open_socket: OpenSocket, server_url: str
) -> None:
    origin = server_url.removesuffix("/graphql").replace("ws://", "http://")
    async with open_socket(origin=origin) as socket:
        await socket.initialise()


async def test_without_an_engine_the_client_is_asked_to_try_again(
    open_socket: OpenSocket, host: Host
) -> None:
    engine, host.engine = host.engine, None
    async with open_socket() as socket:
        await socket.send(INIT)
        assert await socket.closed() == (1013, "Try again later")
    host.engine = engine
    async with open_socket() as socket:
        await socket.initialise()
        host.engine = None
        await socket.subscribe(VIEWER)
        assert await socket.refused() == "UNAVAILABLE"


async def test_a_token_that_has_expired_starts_no_operation(
    open_socket: OpenSocket, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = frozenset({Scope.JOBS_READ})
    briefly = Viewer("user-1", scopes, expires_at=clock.now())
    monkeypatch.setitem(CALLERS, "briefly", briefly)
    async with open_socket() as socket:
        await socket.initialise("briefly")
        await socket.subscribe(VIEWER)

        code, reason = await socket.closed()
    assert code == 4403
    assert reason.startswith("Forbidden")


async def test_an_unexpected_error_is_logged_and_only_its_id_is_told(
    open_socket: OpenSocket,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_: str) -> NoReturn:
        raise KeyError("secret")

    monkeypatch.setattr(engine.feed, "position", broken, raising=True)
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(
            'subscription { jobListUpdates(after: "x") { __typename } }'
        )
        message = await socket.receive()

    [error] = message["payload"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in json.dumps(message)
    [record] = [one for one in caplog.records if one.exc_info]
    assert record.error_id == error["extensions"]["id"]


@pytest.mark.parametrize("end", ["complete", "close", "abort", "break a rule"])
async def test_streams_are_closed_when_the_client_is_gone(
    open_socket: OpenSocket, make_job: MakeJob, watched: Watched, end: str
) -> None:
    job = await make_job()
    async with open_socket() as socket, asyncio.timeout(PATIENCE):
        await socket.initialise()
        await socket.subscribe(
            "subscription ($id: ID!) { jobUpdates(id: $id) { __typename } }",
            id=job_id_text(job.id),
        )
        await watched.opened.wait()

        if end == "complete":
            await socket.send({"id": "1", "type": "complete"})
        elif end == "close":
            await socket.connection.close()
        elif end == "abort":
            socket.connection.transport.abort()
        else:
            await socket.send(INIT)

        await watched.closed.wait()
