import json
from itertools import pairwise
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket
from structlog.contextvars import get_contextvars

from jobwire.web.attend import Attend


async def bound(_: Request) -> Response:
    return JSONResponse(get_contextvars())


async def bound_to_socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(get_contextvars())
    await socket.close()


APP = Starlette(
    routes=[Route("/", bound), WebSocketRoute("/socket", bound_to_socket)],
    middleware=[Middleware(Attend, metrics=lambda: None)],
)


async def ask(*given: str) -> httpx.Response:
    transport = httpx.ASGITransport(APP)
    headers: Any = [("x-request-id", one.encode("latin-1")) for one in given]
    async with httpx.AsyncClient(transport=transport, base_url="http://ids") as http:
        return await http.get("/", headers=headers)


async def test_a_request_keeps_the_id_that_it_came_with() -> None:
    answer = await ask("from-the-proxy/1")

    assert answer.headers["x-request-id"] == "from-the-proxy/1"
    assert answer.json() == {"request_id": "from-the-proxy/1"}


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "ünï", "tab\tbed"])
async def test_an_id_that_could_do_harm_in_a_log_is_replaced(given: str) -> None:
    answer = await ask(given)

    assert answer.headers["x-request-id"] == answer.json()["request_id"] != given


async def test_requests_without_an_id_get_different_ones() -> None:
    first, second = await ask(), await ask()

    assert len(first.headers["x-request-id"]) == 16
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_an_id_does_not_tell_how_many_requests_there_were() -> None:
    ids = [int((await ask()).headers["x-request-id"], 16) for _ in range(9)]

    steps = [abs(after - before) for before, after in pairwise(ids)]
    assert min(steps) > 1_000_000
    assert ids not in (sorted(ids), sorted(ids, reverse=True))


async def test_nothing_is_bound_behind_a_request() -> None:
    await ask("a")

    assert "request_id" not in get_contextvars()


async def test_a_socket_has_an_id_as_well() -> None:
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "websocket",
        "path": "/socket",
        "headers": [(b"x-request-id", b"s1")],
    }
    await APP(scope, receive, send)

    assert told[0]["type"] == "websocket.accept"
    assert (b"x-request-id", b"s1") in told[0]["headers"]
    assert json.loads(told[1]["text"]) == {"request_id": "s1"}
