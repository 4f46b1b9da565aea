"""Connections that never become a request, or whose request never ends."""

import asyncio
import http.client
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from jobwire.app.connection_terms import ConnectionTerms
from jobwire.web.trigger_webhook import PATH
from tests.attacks.conftest import Attacked
from tests.attacks.held import Held, holding
from tests.attacks.raw import HANDSHAKE, PATIENCE, Raw, connection
from tests.attacks.served import DEADLINE

HOST = b"Host: attack\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST / HTTP/1.1\r\n" + HOST
LARGE = 8 * 1024 * 1024


async def echo(request: Request) -> Response:
    try:
        return PlainTextResponse(await request.body())
    except ClientDisconnect:
        return Response(status_code=400)


async def large(_: Request) -> Response:
    return Response(bytes(LARGE))


async def begun(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"begun"
        await asyncio.Event().wait()

    return StreamingResponse(parts())


app = Starlette(
    routes=[
        Route("/", echo, methods=["GET", "POST"]),
        Route("/large", large),
        Route("/begun", begun),
    ]
)


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What clients do wrong is nothing to tell of, and no reason for a traceback."""
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.records == []


@pytest.fixture(scope="module")
async def patient() -> AsyncIterator[Held]:
    """A server with the terms by default."""
    async with holding(app) as held:
        yield held


def test_the_terms_by_default() -> None:
    assert ConnectionTerms() == ConnectionTerms(
        connections=20_000,
        head=10,
        body=40,
        keep_alive=5,
        stall=60,
        linger=5,
        ping=20,
        line_bytes=65_536,
        head_bytes=65_536,
        headers=128,
        pipelined=100,
        control_frames=1_000,
        fragments=1_024,
    )


@pytest.mark.parametrize(
    "sent", [b"G", b"GET / HT", GET, GET + b"X: y\r\n\r"], ids=repr
)
async def test_a_head_that_does_not_end_is_answered_with_408(sent: bytes) -> None:
    async with holding(app, head=0.1) as held, connection(held.port) as client:
        await client.send(sent)
        answer = await client.answer()

        assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
        assert answer.headers["connection"] == "close"
        assert await client.rest() == b""
        await held.until_free()


@pytest.mark.parametrize("sent", [b"", b"\r\n", GET + b"\r\n\r\n"], ids=repr)
async def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(
    sent: bytes,
) -> None:
    async with (
        holding(app, head=0.1, keep_alive=1) as held,
        connection(held.port) as client,
    ):
        await client.send(sent)
        if sent.startswith(b"GET"):
            assert (await client.answer()).status == 200

        assert await client.rest() == b""
        await held.until_free()


@pytest.mark.parametrize("part", [b"\r\n", b"a: b\r\n", b"x"], ids=repr)
async def test_drop_after_drop_keeps_no_connection_open(part: bytes) -> None:
    async with holding(app, head=0.2) as held, connection(held.port) as client:
        if part == b"\r\n":
            await client.send(GET + b"\r\n")
            assert (await client.answer()).status == 200
        else:
            client.write(GET)
        async with asyncio.timeout(PATIENCE):
            while held.connections == 0:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            while held.connections:
                await client.send(part)
                await asyncio.sleep(0.02)


async def test_a_body_that_does_not_end_is_answered_with_408() -> None:
    async with holding(app, body=0.1) as held, connection(held.port) as client:
        await client.send(POST + b"Content-Length: 5\r\n\r\nab")
        answer = await client.answer()

        assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
        await held.until_free()


async def test_each_request_of_a_connection_has_its_time() -> None:
    async with holding(app, head=0.3, body=0.3) as held, connection(held.port) as one:
        for _ in range(4):
            for part in (POST, b"Content-Length: 2\r\n\r\n", b"a"):
                await one.send(part)
                await asyncio.sleep(0.05)
            await one.send(b"b")
            assert (await one.answer()).body == b"ab"


LIMITS = {"line_bytes": 1_000, "head_bytes": 1_000, "headers": 10}
HEADS = {
    "an address": lambda more: (
        b"GET /?" + b"a" * (998 + more) + b" HTTP/1.1\r\n" + HOST
    ),
    "headers": lambda more: GET + b"a: b\r\n" * (9 + more),
    "bytes": lambda more: GET + b"a: " + b"b" * (989 + more) + b"\r\n",
}
STATUSES = {"an address": 414, "headers": 431, "bytes": 431}


@pytest.mark.parametrize("kind", HEADS)
async def test_a_head_has_a_greatest_size(kind: str) -> None:
    async with holding(app, **LIMITS) as held:
        async with connection(held.port) as client:
            await client.send(HEADS[kind](0) + b"\r\n")
            assert (await client.answer()).status == 200
        async with connection(held.port) as client:
            await client.send(HEADS[kind](1) + b"\r\n")
            answer = await client.answer()

    assert (answer.status, answer.code) == (STATUSES[kind], "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"GET /?", 414), (GET + b"a: ", 431), (GET + b"a", 431)],
    ids=["address", "value", "name"],
)
async def test_a_head_without_an_end_is_refused_while_it_comes(
    patient: Held, sent: bytes, status: int
) -> None:
    async with connection(patient.port) as client:
        await client.send(sent + b"x" * 2_000_000)
        answer = await client.answer()

    assert (answer.status, answer.code) == (status, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        b"CONNECT attack:80 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        GET + b"Host: another\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: user@attack\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: attack/path\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n",
        POST + b"Transfer-Encoding: chunkedd\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
    ids=lambda sent: repr(sent[-45:]),
)
async def test_what_is_no_request_is_answered_with_400(
    patient: Held, sent: bytes
) -> None:
    async with connection(patient.port) as client:
        await client.send(sent)
        answer = await client.answer()

        assert (answer.status, answer.code) == (400, "BAD_REQUEST")
        assert await client.rest() == b""


async def test_nothing_is_said_within_the_answer_to_another_request() -> None:
    async with holding(app, head=0.1) as held:
        for more in (b"garbage\r\n\r\n", b"G"):
            async with connection(held.port) as client:
                await client.send(b"GET /begun HTTP/1.1\r\n" + HOST + b"\r\n")
                await client.answer()
                await client.send(more)

                assert await client.rest() == b"5\r\nbegun\r\n"
                await held.until_free()


@pytest.mark.parametrize("more", ["a: " + "b" * 9_000, "Content-Length: 2"])
async def test_a_handshake_that_cannot_be_read_is_refused(
    patient: Held, more: str
) -> None:
    async with connection(patient.port) as client:
        await client.send(f"{HANDSHAKE}{more}\r\n\r\n".encode())

        assert (await client.answer()).status in (400, 431)
        assert await client.rest() == b""


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: \r\n",
        b"GET / HTTP/1.1\r\nHost: a_b.example:8000\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]:8000\r\n",
        b"GET / HTTP/1.0\r\n",
        GET + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n",
    ],
)
async def test_what_is_one_is_answered(patient: Held, head: bytes) -> None:
    async with connection(patient.port) as client:
        await client.send(head + b"\r\n")

        assert (await client.answer()).status == 200


UPGRADE = b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: \r\n"
BODIES = {
    "none": (b"\r\n", b""),
    "with a length": (b"Content-Length: 3\r\n\r\nabc", b"abc"),
    "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("size", [1, 1_000])
async def test_another_protocol_is_not_spoken_and_the_request_is_answered(
    patient: Held, body: str, size: int
) -> None:
    more, echoed = BODIES[body]
    sent = 2 * (POST + UPGRADE + more) + GET + b"\r\n"
    async with connection(patient.port) as client:
        for start in range(0, len(sent), size):
            await client.send(sent[start : start + size])
        answers = [await client.answer() for _ in range(3)]

    assert [answer.body for answer in answers] == [echoed, echoed, b""]


async def test_requests_that_wait_behind_each_other_are_limited() -> None:
    request = GET + b"\r\n"
    async with holding(app, pipelined=3) as held:
        async with connection(held.port) as client:
            await client.send(4 * request)
            assert [(await client.answer()).status for _ in range(4)] == [200] * 4
        async with connection(held.port) as client:
            await client.send(6 * request)
            assert [(await client.answer()).status for _ in range(4)] == [200] * 4
            assert await client.rest() == b""


@pytest.mark.parametrize("more", [b"garbage\r\n\r\n", b"G"])
async def test_a_request_is_answered_though_none_follows_it(more: bytes) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Response:
        begun.set()
        await go_on.wait()
        return PlainTextResponse("slow")

    async with (
        holding(Starlette(routes=[Route("/", slow)]), head=0.1) as held,
        connection(held.port) as client,
    ):
        await client.send(GET + b"\r\n")
        await begun.wait()
        await client.send(more)
        await asyncio.sleep(0.2)
        go_on.set()
        answer = await client.answer()

        assert (answer.body, answer.headers["connection"]) == (b"slow", "close")
        assert await client.rest() == b""


async def test_a_connection_beyond_the_greatest_number_is_asked_to_come_again() -> None:
    async with holding(app, connections=2) as held:
        async with connection(held.port) as first, connection(held.port) as second:
            for client in (first, second):
                await client.send(GET + b"\r\n")
                assert (await client.answer()).status == 200
            async with connection(held.port) as third:
                answer = await third.answer()
            await first.send(GET + b"\r\n")
            assert (await first.answer()).status == 200
        await held.until_free()
        async with connection(held.port) as fourth:
            await fourth.send(GET + b"\r\n")
            assert (await fourth.answer()).status == 200

    assert (answer.status, answer.code) == (503, "UNAVAILABLE")


def _with_a_small_window(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.settimeout(0)
    return client


@pytest.mark.parametrize("headers", [b"", b"Connection: close\r\n"])
@pytest.mark.parametrize("is_alive", [True, False])
async def test_a_reader_that_takes_too_little_is_cut_off(
    headers: bytes, *, is_alive: bool
) -> None:
    loop = asyncio.get_running_loop()
    async with holding(app, stall=0.3, keep_alive=1) as held, asyncio.timeout(PATIENCE):
        with _with_a_small_window(held.port) as client:
            request = b"GET /large HTTP/1.1\r\n" + HOST + headers + b"\r\n"
            await loop.sock_sendall(client, request)
            await loop.sock_recv(client, 1)
            while held.connections:
                if is_alive:
                    with suppress(ConnectionError):
                        await loop.sock_recv(client, 1)
                await asyncio.sleep(0.01)


async def test_a_reader_that_takes_its_time_gets_all() -> None:
    async with holding(app, stall=0.5) as held, connection(held.port) as client:
        await client.send(
            b"GET /large HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
        )
        got = 0
        while part := await client.part():
            got += len(part)
            await asyncio.sleep(0.005)

    assert got > LARGE


def _post(port: int, path: str, body: object) -> tuple[int, str | None]:
    """Post as most clients do: what is sent is sent before anything is read."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Bearer alice",
        "X-Trigger-Signature-Hmacsha256": "0" * 64,
    }
    try:
        client.request(
            "POST", path, body, headers, encode_chunked=not isinstance(body, bytes)
        )
        answer = client.getresponse()
        answer.read()
        return answer.status, answer.getheader("connection")
    finally:
        client.close()


@pytest.mark.parametrize("path", ["/graphql", PATH])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
async def test_who_sends_ten_megabytes_can_read_why_they_are_refused(
    attacked: Attacked, grown: Callable[[], float], path: str, *, declared: bool
) -> None:
    part = b" " * 65_536
    body = part * 160 if declared else iter([part] * 160)

    answered = await asyncio.to_thread(_post, attacked.port, path, body)

    assert answered == (413, "close")
    assert grown() < 64


async def test_the_body_of_an_operation_must_come_in_time(attacked: Attacked) -> None:
    async with connection(attacked.port) as client:
        await client.send(
            b"POST /graphql HTTP/1.1\r\n" + HOST + b"Authorization: Bearer alice\r\n"
            b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        answer = await client.answer()

    assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
    assert answer.headers["connection"] == "close"


async def test_a_thousand_requests_that_never_end_hold_nobody_up(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    halves = (b"", b"GET / HT", GET + b"X: ", POST + b"Content-Length: 9\r\n\r\nab")
    files = attacked.sockets
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as clients:
        for number in range(1_000):
            client: Raw = await clients.enter_async_context(connection(attacked.port))
            client.write(halves[number % len(halves)])
        begun_at = loop.time()
        while loop.time() < begun_at + DEADLINE / 2:
            await attacked.is_well()
            assert grown() < 64
        await attacked.until_few_sockets(files + 10)
        assert grown() < 64
