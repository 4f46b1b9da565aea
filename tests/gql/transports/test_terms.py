"""On which terms connections are held: over a real server, with short terms."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from jobwire.gql.transports import Terms, graphql_routes
from jobwire.jobs.engine import Engine
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock
from tests.gql.callers import CALLERS, authenticate
from tests.gql.client import COMPLETE, PATIENCE, EventStream, Socket

FOLLOW = """subscription { jobListUpdates {
  __typename ... on StreamClosing { reason cursor reconnectAfter } } }"""
VIEWER = "{ viewer { userId } }"


@asynccontextmanager
async def serving(engine: Engine, terms: Terms) -> AsyncIterator[str]:
    """Serve on these terms; yields the address, for HTTP."""
    app = Starlette(routes=graphql_routes(lambda: engine, authenticate, terms=terms))
    config = uvicorn.Config(
        app, log_level="warning", ws="websockets-sansio", lifespan="off"
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
    finally:
        await server.shutdown(sockets=[listener])


def _socket(url: str) -> Socket:
    return Socket(url.replace("http://", "ws://"))


async def test_a_silent_client_is_pinged_and_closed_when_it_does_not_answer(
    engine: Engine,
) -> None:
    async with (
        serving(engine, Terms(ping=0.02, silence=1)) as url,
        _socket(url) as socket,
    ):
        await socket.initialise()
        for _ in range(3):
            assert await socket.receive() == {"type": "ping"}
            await socket.send({"type": "pong"})
        assert await socket.receive() == {"type": "ping"}

        assert await socket.closed() == (1001, "The client gave no sign of life")


async def test_a_handshake_must_come_in_time(engine: Engine) -> None:
    async with serving(engine, Terms(init=0.05)) as url, _socket(url) as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}

        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_of_too_many_sockets_that_wait_for_a_handshake_the_oldest_is_closed(
    engine: Engine,
) -> None:
    async with (
        serving(engine, Terms(uninitialised=2)) as url,
        _socket(url) as first,
        _socket(url) as second,
    ):
        async with _socket(url) as third:
            assert await first.closed() == (4408, "Connection initialisation timeout")
            await third.initialise()
        async with _socket(url) as fourth:
            await second.initialise()
            await fourth.initialise()


async def test_a_socket_on_which_nothing_runs_is_closed(engine: Engine) -> None:
    async with serving(engine, Terms(idle=0.05)) as url, _socket(url) as socket:
        await socket.initialise()

        assert await socket.closed() == (1001, "No operation has run for long")


async def test_streams_of_a_socket_that_is_too_old_say_where_to_go_on(
    engine: Engine,
) -> None:
    async with serving(engine, Terms(max_age=0.5)) as url, _socket(url) as socket:
        await socket.initialise()
        await socket.subscribe(FOLLOW)
        told = await socket.until("StreamClosing", "jobListUpdates")
        await socket.completed()

        assert await socket.closed() == (
            1001,
            "The socket has reached its greatest age",
        )
    assert told[-1]["reconnectAfter"] == "PT1S"
    assert told[-1]["reason"] == "The socket has reached its greatest age."
    assert engine.feed.subscribers == 0


async def test_an_event_stream_that_is_too_old_says_where_to_go_on(
    engine: Engine,
) -> None:
    async with (
        serving(engine, Terms(max_age=0.05, heartbeat=0.02)) as url,
        EventStream(url, FOLLOW) as stream,
    ):
        told = await stream.until("StreamClosing", "jobListUpdates")
        assert await stream.rest() == [COMPLETE]

    assert told[-1]["reason"] == "The stream has reached its greatest age."


LARGE = """{ __schema { types { name description
  fields { name description args { name description } }
  inputFields { name description } } } }"""


async def test_answers_that_wait_to_be_read_are_limited(engine: Engine) -> None:
    async with serving(engine, Terms(unread=70_000)) as url:
        async with EventStream(url, LARGE) as stream:
            [refused, end] = await stream.rest()
        async with _socket(url) as socket:
            await socket.initialise()
            await socket.subscribe(LARGE)
            assert await socket.refused() == "LIMIT_EXCEEDED"
        async with httpx.AsyncClient(headers={"authorization": "Bearer alice"}) as http:
            large = await http.post(url, json={"query": LARGE})
            small = await http.post(url, json={"query": VIEWER})

    assert end == COMPLETE
    [error] = refused.result["errors"]
    assert large.json() == {"errors": [error]}
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "retryAfter": "PT10S"}
    assert "at most 70,000 characters of answers" in error["message"]
    assert (large.status_code, large.headers["retry-after"]) == (429, "10")
    assert small.status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_large_answer_that_is_read_comes_whole(
    engine: Engine, accept: str
) -> None:
    async with (
        serving(engine, Terms(heartbeat=0.001)) as url,
        httpx.AsyncClient(headers={"authorization": "Bearer alice"}) as http,
    ):
        answer = await http.post(url, json={"query": LARGE}, headers={"accept": accept})

    text = next(line for line in answer.text.splitlines() if '"data"' in line)
    assert json.loads(text.removeprefix("data: "))["data"]["__schema"]["types"]


async def test_the_end_of_a_token_ends_the_streams_and_closes_the_socket(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = engine.clock
    assert isinstance(clock, FakeClock)
    viewer = Viewer(
        "user-1",
        frozenset({Scope.JOBS_READ}),
        expires_at=clock.now() + timedelta(milliseconds=200),
    )
    monkeypatch.setitem(CALLERS, "briefly", viewer)
    async with serving(engine, Terms()) as url, _socket(url) as socket:
        await socket.initialise("briefly")
        await socket.subscribe(FOLLOW)
        await socket.until("StreamCaughtUp", "jobListUpdates")
        clock.advance(timedelta(hours=1))

        [closing] = await socket.until("StreamClosing", "jobListUpdates")
        await socket.completed()
        assert await socket.closed() == (4403, "Forbidden: The token has expired.")
    assert closing["reason"] == "The token has expired."
    assert closing["reconnectAfter"] == "PT1S"


async def test_a_socket_whose_client_takes_nothing_is_left(engine: Engine) -> None:
    told = [
        {"type": "websocket.connect"},
        *(
            {"type": "websocket.receive", "text": json.dumps(message)}
            for message in (
                {"type": "connection_init", "payload": {"token": "alice"}},
                {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}},
            )
        ),
    ]
    taken: list[str] = []

    async def receive() -> dict[str, Any]:
        if not told:
            await asyncio.Event().wait()
        return told.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        taken.append(message["type"])
        if len(taken) > 2:
            await asyncio.Event().wait()

    app = Starlette(
        routes=graphql_routes(lambda: engine, authenticate, terms=Terms(stall=0.05))
    )
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "headers": [],
        "subprotocols": ["graphql-transport-ws"],
    }
    async with asyncio.timeout(PATIENCE):
        await app(scope, receive, send)

    # Accepted, acknowledged, and one message that nobody took.
    assert taken == ["websocket.accept", "websocket.send", "websocket.send"]
    assert engine.feed.subscribers == 0


async def test_one_user_has_only_so_many_connections(engine: Engine) -> None:
    async with serving(engine, Terms(connections=2)) as url:
        async with _socket(url) as one, EventStream(url, FOLLOW) as stream:
            await one.initialise()
            await stream.until("StreamCaughtUp", "jobListUpdates")
            async with _socket(url) as refused:
                await refused.send(
                    {"type": "connection_init", "payload": {"token": "alice"}}
                )
                code, reason = await refused.closed()
            async with EventStream(url, FOLLOW) as late:
                assert await late.refused() == "LIMIT_EXCEEDED"
            async with _socket(url) as other:
                await other.initialise("bob")

        assert code == 1013
        assert "at most 2 connections" in reason
        assert late.response.status_code == 429
        assert late.response.headers["retry-after"] == "10"
        [error] = late.response.json()["errors"]
        assert error["extensions"]["retryAfter"] == "PT10S"
        # Whatever ended makes room again.
        for _ in range(3):
            async with _socket(url) as again:
                await again.initialise()


async def test_one_user_has_only_so_many_streams_over_all_connections(
    engine: Engine,
) -> None:
    async with (
        serving(engine, Terms(streams=2)) as url,
        _socket(url) as one,
        _socket(url) as other,
    ):
        for socket in (one, other):
            await socket.initialise()
            await socket.subscribe(FOLLOW)
            await socket.until("StreamCaughtUp", "jobListUpdates")
        await other.subscribe(FOLLOW, operation="2")
        assert await other.refused(operation="2") == "LIMIT_EXCEEDED"
        await other.subscribe(VIEWER, operation="2")
        assert await other.next("viewer", operation="2")
        await other.completed(operation="2")
        await one.send({"id": "1", "type": "complete"})
        await one.send({"type": "ping"})
        assert await one.receive() == {"type": "pong"}
        await other.subscribe(FOLLOW, operation="2")

        assert await other.next("jobListUpdates", operation="2")


def test_what_is_allowed_by_default() -> None:
    assert Terms() == replace(
        Terms(),
        body=30,
        init=10,
        uninitialised=1_000,
        heartbeat=12,
        ping=25,
        silence=60,
        stall=30,
        idle=600,
        max_age=86_400,
        connections=10_000,
        streams=10_000,
        operations=2_000,
    )
