"""What goes over the wire where an endpoint is asked directly, and where it is not."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Scope
from structlog.contextvars import bind_contextvars, get_contextvars

from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import listen
from jobwire.app.server import AppServer, Server
from jobwire.app.settings import Settings
from jobwire.asgi.pieces import PIECE
from jobwire.asgi.whole import DirectApplication, Endpoint, WholeAnswer, WholeRequest
from jobwire.models.database import Database
from tests.attacks.raw import Answer, Raw, connection
from tests.gql.callers import authenticate

PLAIN = ((b"content-type", b"text/plain"),)
LONG = 3 * PIECE


class _Asked:
    """An endpoint that tells how it was asked.

    Attributes:
        begun: Set when it was asked.
        left: Set when a client went away while it was answered.
    """

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.left = asyncio.Event()

    async def direct(self, request: Request) -> ASGIApp:
        self.begun.set()
        assert isinstance(request, WholeRequest)
        match request.whole:
            case b"broken":
                _break()
            case b"long":
                return WholeAnswer(200, PLAIN, b"x" * LONG)
            case b"streamed":
                return StreamingResponse(_parts())
            case b"bound":
                bound = ",".join(sorted(get_contextvars()))
                bind_contextvars(user_id="ann")
                return WholeAnswer(200, PLAIN, bound.encode())
            case b"waits":
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                self.left.set()
                raise ClientDisconnect
        return WholeAnswer(
            200, PLAIN, b"direct " + request.whole, own=((b"x-own", b"1"),)
        )

    async def plain(self, request: Request) -> PlainTextResponse:
        self.begun.set()
        return PlainTextResponse(b"plain " + await request.body())


def _break() -> NoReturn:
    raise KeyError("secret")


async def _parts() -> AsyncIterator[bytes]:
    for part in (b"one", b"two"):
        yield part


@pytest.fixture
def asked() -> _Asked:
    return _Asked()


@pytest.fixture
async def raw(asked: _Asked) -> AsyncIterator[Raw]:
    def find(scope: Scope) -> Endpoint | None:
        return asked.direct if scope["path"] == "/direct" else None

    routes = [Route(path, asked.plain, methods=["POST"]) for path in ("/direct", "/")]
    async with (
        serving(AppServer(DirectApplication(find, routes=routes))) as port,
        connection(port) as raw,
    ):
        yield raw


@asynccontextmanager
async def serving(server: AppServer) -> AsyncIterator[int]:
    """Serve for the length of a block; yield the port."""
    listener = listen("127.0.0.1", 0)
    task = asyncio.create_task(server.run_on([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.stop()
        await task


def post(body: bytes, *headers: str, path: str = "/direct") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: a", *headers]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_what_comes_as_a_whole_is_answered_directly(raw: Raw) -> None:
    raw.write(post(b"a"))
    answer = await raw.answer()

    assert answer.status == 200
    assert answer.body == b"direct a"
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["x-own"] == "1"
    assert "date" in answer.headers
    assert "connection" not in answer.headers


async def test_another_path_is_asked_of_the_application(raw: Raw) -> None:
    raw.write(post(b"a", path="/"))

    assert (await raw.answer()).body == b"plain a"


@pytest.mark.parametrize("expecting", [(), ("Expect: 100-continue",)])
async def test_what_comes_in_parts_is_asked_of_the_application(
    raw: Raw, asked: _Asked, expecting: tuple[str, ...]
) -> None:
    raw.write(post(b"a", *expecting)[:-1])
    async with asyncio.timeout(10):
        await asked.begun.wait()
    raw.write(b"a")

    answers = [await raw.answer() for _ in ("100", "200")[not expecting :]]

    assert [answer.status for answer in answers] == [*([100] * bool(expecting)), 200]
    assert answers[-1].body == b"plain a"


async def test_requests_that_come_at_once_are_answered_in_order(raw: Raw) -> None:
    bodies = [b"%d" % number for number in range(20)]
    raw.write(b"".join(map(post, bodies)))

    answers = [(await raw.answer()).body for _ in bodies]

    assert answers == [b"direct " + body for body in bodies]


async def test_nothing_is_bound_that_a_request_before_has_bound(raw: Raw) -> None:
    raw.write(post(b"bound") * 2)

    assert [(await raw.answer()).body for _ in range(2)] == [b"", b""]


@pytest.mark.parametrize(
    "request_",
    [post(b"a", "Connection: close"), post(b"a").replace(b"HTTP/1.1", b"HTTP/1.0")],
)
async def test_a_connection_that_shall_end_ends_behind_the_answer(
    raw: Raw, request_: bytes
) -> None:
    raw.write(request_)
    rest = await raw.rest()

    assert b"connection: close\r\n" in rest
    assert rest.endswith(b"\r\n\r\ndirect a")


async def test_a_long_answer_comes_whole(raw: Raw) -> None:
    raw.write(post(b"long") + post(b"b"))

    assert (await raw.answer()).body == b"x" * LONG
    assert (await raw.answer()).body == b"direct b"


async def test_an_answer_that_is_none_as_a_whole_is_sent_as_it_comes(raw: Raw) -> None:
    raw.write(post(b"streamed", "Connection: close"))
    rest = await raw.rest()

    assert b"transfer-encoding: chunked" in rest
    assert rest.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


async def test_what_breaks_is_told_without_its_reason(
    raw: Raw, caplog: pytest.LogCaptureFixture
) -> None:
    raw.write(post(b"broken"))
    answer = await raw.answer()

    assert answer.status == 500
    assert answer.body == b"Internal Server Error"
    assert "KeyError: 'secret'" in caplog.text


async def test_a_client_that_goes_away_is_noticed(
    raw: Raw, asked: _Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "uvicorn.error")
    raw.write(post(b"waits"))
    async with asyncio.timeout(10):
        await asked.begun.wait()
        raw.hang_up()

        await asked.left.wait()


JSON = "Content-Type: application/json"
ALICE = "Authorization: Bearer alice"
QUERY = json.dumps({"query": "{ viewer { userId } }"}).encode()
GRAPHQL = {
    "a query": post(QUERY, JSON, ALICE, path="/graphql"),
    "a stranger": post(QUERY, JSON, path="/graphql"),
    "a fault": post(b'{"query":"{ nothing }"}', JSON, ALICE, path="/graphql"),
    "as the draft has it": post(
        b'{"query":"{ nothing }"}',
        JSON,
        ALICE,
        "Accept: application/graphql-response+json",
        path="/graphql",
    ),
    "no JSON": post(b"{", JSON, ALICE, path="/graphql"),
    "another type": post(QUERY, "Content-Type: text/plain", ALICE, path="/graphql"),
    "nothing acceptable": post(QUERY, JSON, "Accept: text/html", path="/graphql"),
    "too long": post(b" " * (1024 * 1024 + 1), JSON, ALICE, path="/graphql"),
    "the webhook": post(b"{}", JSON, path="/api/trigger/webhook"),
}


@pytest.fixture
async def port(database: Database) -> AsyncIterator[int]:
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with Jobwire(settings, worker=False) as jobwire:
        app = create_app(jobwire, authenticate=authenticate)
        async with serving(Server(app, jobwire)) as port:
            yield port


@pytest.mark.parametrize("request_", GRAPHQL.values(), ids=list(GRAPHQL))
async def test_both_ways_lead_to_the_same_answer(port: int, request_: bytes) -> None:
    name = "X-Request-Id: one\r\nContent-Length"
    request_ = request_.replace(b"Content-Length", name.encode())

    direct = await _answer(port, request_)
    later = await _answer_later(port, request_)

    assert direct.headers["x-request-id"] == "one"
    assert direct.headers["x-frame-options"] == "DENY"
    assert _lasting(direct) == _lasting(later)


async def test_both_ways_are_counted_alike(port: int) -> None:
    await _answer(port, GRAPHQL["a query"])
    await _answer_later(port, GRAPHQL["a query"])

    figures = await _answer(port, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")

    counted = 'jobwire_http_requests_total{method="POST",route="/graphql",status="200"}'
    assert f"{counted} 2.0" in figures.body.decode()


def _lasting(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """Return what does not depend on when it was given."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status, headers, answer.body


async def _answer(port: int, request: bytes) -> Answer:
    async with connection(port) as raw:
        raw.write(request)
        return await raw.answer()


async def _answer_later(port: int, request: bytes) -> Answer:
    """Send a body when the server asks for it, and so not as a whole."""
    head, _, body = request.partition(b"\r\n\r\n")
    async with connection(port) as raw:
        raw.write(head + b"\r\nExpect: 100-continue\r\n\r\n")
        answer = await raw.answer()
        if answer.status != 100:
            return answer
        raw.write(body)
        return await raw.answer()
