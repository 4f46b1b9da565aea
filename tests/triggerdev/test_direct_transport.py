"""Direct connections: kept, bounded, and told apart when they fail."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
import uvloop

from jobwire.triggerdev.answer_reader import MAX_HEAD
from jobwire.triggerdev.direct_transport import DirectTransport
from tests.triggerdev.certificates import Certificate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
BEGUN = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}"
SHORT = {"read": 0.2, "write": 0.2, "connect": 0.2, "pool": 0.2}
LONG = {"read": 20.0, "write": 20.0, "connect": 20.0, "pool": 20.0}
#: More than the buffers of both ends of a connection take.
LARGE = b"x" * 30_000_000

Talk = Callable[["Peer"], Awaitable[None]]


class Peer:
    """A connection, as the server has it."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return head + await self.reader.readexactly(int(length or 0))

    async def gone(self) -> None:
        """Wait until the client has closed it."""
        while await self.reader.read(1000):
            pass


class Server:
    """Talks on each connection as it is told to."""

    def __init__(self, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._tls = tls
        self.accepted = 0
        self.closed = asyncio.Semaphore(0)

    @asynccontextmanager
    async def listening(self, host: str = "127.0.0.1") -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, host, 0, ssl=self._tls)
        port = server.sockets[0].getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        async with server:
            yield f"http{'s' if self._tls else ''}://{name}:{port}"

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.accepted += 1
        try:
            await self._talk(Peer(self.accepted, reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            # The client hung up, as it may.
            pass
        finally:
            writer.close()
            self.closed.release()


def answering(*answers: bytes) -> Talk:
    """Answer each request of a connection with the next, then wait for its end."""

    async def talk(peer: Peer) -> None:
        for answer in answers:
            await peer.request()
            peer.writer.write(answer)
        await peer.gone()

    return talk


async def hang_up(peer: Peer) -> None:
    await peer.request()


@asynccontextmanager
async def direct(
    url: str,
    *,
    connections: int = 4,
    idle_seconds: float = 20,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[DirectTransport]:
    async with DirectTransport(
        httpx.URL(url),
        ssl_context=tls or ssl.create_default_context(),
        connections=connections,
        idle_seconds=idle_seconds,
    ) as transport:
        yield transport


async def ask(
    transport: DirectTransport,
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    within: dict[str, float] = LONG,
) -> tuple[int, bytes]:
    request = httpx.Request(
        method, url, content=body or None, extensions={"timeout": within}
    )
    response = await transport.handle_async_request(request)
    return response.status_code, await response.aread()


async def test_a_connection_is_kept_for_the_next_request() -> None:
    server = Server(answering(*[OK] * 3))
    async with server.listening() as url, direct(url) as transport:
        for _ in range(3):
            assert await ask(transport, url, method="POST", body=b"{}") == (200, b"{}")

        assert (server.accepted, transport.connections) == (1, 1)


async def test_requests_at_once_have_a_connection_each_up_to_the_most() -> None:
    all_there = asyncio.Barrier(2)

    async def talk(peer: Peer) -> None:
        await peer.request()
        await all_there.wait()
        peer.writer.write(OK)
        await answering(*[OK] * 10)(peer)

    server = Server(talk)
    async with server.listening() as url, direct(url, connections=2) as transport:
        found = await asyncio.gather(*(ask(transport, url) for _ in range(8)))

    assert found == [(200, b"{}")] * 8
    assert server.accepted == 2


async def test_who_waits_too_long_for_a_connection_has_sent_nothing() -> None:
    server = Server(answering())
    async with server.listening() as url, direct(url, connections=1) as transport:
        busy = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0)
        with pytest.raises(httpx.PoolTimeout):
            await ask(transport, url, within=SHORT)
        busy.cancel()
        with pytest.raises(asyncio.CancelledError):
            await busy


async def test_a_canceled_request_closes_its_connection_and_frees_its_place() -> None:
    arrived = asyncio.Event()

    async def talk(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        if peer.number > 1:
            peer.writer.write(OK)
        await peer.gone()

    server = Server(talk)
    async with server.listening() as url, direct(url, connections=1) as transport:
        canceled = asyncio.create_task(ask(transport, url))
        await arrived.wait()
        next_one = asyncio.create_task(ask(transport, url))
        canceled.cancel()

        assert await next_one == (200, b"{}")
        await server.closed.acquire()
        assert server.accepted == 2


async def test_a_request_that_is_canceled_while_it_waits_takes_no_place() -> None:
    free = asyncio.Event()

    async def talk(peer: Peer) -> None:
        await peer.request()
        await free.wait()
        peer.writer.write(OK)
        await answering(OK)(peer)

    async with Server(talk).listening() as url, direct(url, connections=1) as transport:
        first = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(ask(transport, url))
        last = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0)
        waiting.cancel()
        free.set()

        assert await first == await last == (200, b"{}")


async def test_a_place_that_comes_with_a_cancel_goes_to_the_next() -> None:
    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(BEGUN if peer.number == 1 else OK)
        await peer.gone()

    async with Server(talk).listening() as url, direct(url, connections=1) as transport:
        request = httpx.Request("GET", url, extensions={"timeout": LONG})
        response = await transport.handle_async_request(request)
        waiting = asyncio.create_task(ask(transport, url))
        last = asyncio.create_task(ask(transport, url))
        await asyncio.sleep(0)
        await response.aclose()
        waiting.cancel()

        assert await last == (200, b"{}")


async def test_an_idle_connection_is_closed_when_its_time_is_over() -> None:
    server = Server(answering(OK))
    async with server.listening() as url, direct(url, idle_seconds=0.05) as transport:
        await ask(transport, url)

        await server.closed.acquire()


async def test_an_idle_connection_that_the_server_closed_is_not_used() -> None:
    async def once(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(OK)

    server = Server(once)
    async with server.listening() as url, direct(url) as transport:
        for _ in range(3):
            assert await ask(transport, url) == (200, b"{}")
            await server.closed.acquire()

    assert server.accepted == 3


def test_an_end_that_the_loop_has_not_told_yet_is_seen() -> None:
    """The server hangs up while the loop does something else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        async def talk() -> None:
            async with direct(url) as transport:
                asking = asyncio.create_task(ask(transport, url))
                first = await _accept(listener)
                first.sendall(OK)
                await asking
                first.recv(1000)
                first.close()
                asking = asyncio.create_task(ask(transport, url))
                second = await _accept(listener)
                second.sendall(OK)
                assert await asking == (200, b"{}")
                second.close()

        asyncio.run(talk())


async def _accept(listener: socket.socket) -> socket.socket:
    listener.settimeout(0)
    found, _ = await asyncio.get_running_loop().sock_accept(listener)
    found.settimeout(None)
    return found


@pytest.mark.parametrize(
    "answer",
    [
        OK + OK,
        OK.replace(b"content-length", b"connection: close\r\ncontent-length"),
        OK.replace(b"1.1", b"1.0"),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    ],
    ids=["two answers", "close", "HTTP/1.0", "no length"],
)
async def test_some_answers_end_their_connection(answer: bytes) -> None:
    async def once(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(answer)
        if b"length" in answer:
            await peer.gone()

    server = Server(once)
    async with server.listening() as url, direct(url) as transport:
        first, second = await ask(transport, url), await ask(transport, url)

    assert first == second
    assert server.accepted == 2


async def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    idle = asyncio.Event()

    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(OK)
        await idle.wait()
        peer.writer.write(OK.replace(b"{}", b"!!"))
        await peer.gone()

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        await ask(transport, url)
        idle.set()
        await server.closed.acquire()

        assert await ask(transport, url) == (200, b"{}")
        assert server.accepted == 2


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_answers_without_a_body_keep_the_connection(status: bytes) -> None:
    server = Server(answering(b"HTTP/1.1 %s\r\n\r\n" % status, OK))
    async with server.listening() as url, direct(url) as transport:
        assert await ask(transport, url) == (int(status[:3]), b"")
        assert await ask(transport, url) == (200, b"{}")

    assert server.accepted == 1


async def test_an_answer_to_head_keeps_the_connection() -> None:
    server = Server(answering(OK[:-2], OK))
    async with server.listening() as url, direct(url) as transport:
        assert await ask(transport, url, method="HEAD") == (200, b"")
        assert await ask(transport, url) == (200, b"{}")

    assert server.accepted == 1


async def test_a_body_that_comes_slowly_is_streamed_and_keeps_the_connection() -> None:
    had = asyncio.Event()

    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(CHUNKED + b"2\r\nab\r\n")
        await had.wait()
        peer.writer.write(b"1\r\nc\r\n0\r\n\r\n")
        await answering(OK)(peer)

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        request = httpx.Request("GET", url, extensions={"timeout": LONG})
        response = await transport.handle_async_request(request)
        pieces = []
        async for piece in response.aiter_raw():
            pieces.append(piece)
            had.set()
        assert await ask(transport, url) == (200, b"{}")

    assert (pieces, server.accepted) == ([b"ab", b"c"], 1)


async def test_a_large_body_is_read_as_it_is_wanted() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(LARGE)
    async with (
        Server(answering(head + LARGE)).listening() as url,
        direct(url) as transport,
    ):
        status, body = await ask(transport, url)

    assert (status, len(body)) == (200, len(LARGE))


async def test_a_body_that_nobody_wants_is_not_kept_in_memory() -> None:
    wrote = asyncio.Event()
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(LARGE)

    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(head + LARGE)
        await peer.writer.drain()
        wrote.set()

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        request = httpx.Request("GET", url, extensions={"timeout": LONG})
        response = await transport.handle_async_request(request)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await wrote.wait()
        await response.aclose()

        await server.closed.acquire()


async def test_a_large_request_is_sent_whole() -> None:
    received: list[int] = []

    async def talk(peer: Peer) -> None:
        received.append(len((await peer.request()).partition(b"\r\n\r\n")[2]))
        peer.writer.write(OK)
        await answering(OK)(peer)

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        assert await ask(transport, url, method="PUT", body=LARGE) == (200, b"{}")
        assert await ask(transport, url) == (200, b"{}")

    assert (received, server.accepted) == ([len(LARGE)], 1)


async def test_a_body_that_nobody_reads_is_a_write_timeout() -> None:
    done = asyncio.Event()

    async def talk(_: Peer) -> None:
        await done.wait()

    async with Server(talk).listening() as url, direct(url) as transport:
        with pytest.raises(httpx.WriteTimeout):
            await ask(transport, url, method="PUT", body=LARGE, within=SHORT)
        done.set()


async def test_an_answer_before_the_body_is_sent_is_taken() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n"

    async def talk(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        peer.writer.write(refusal if peer.number == 1 else OK)
        await peer.writer.drain()
        await peer.gone()

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        assert await ask(transport, url, method="PUT", body=LARGE) == (413, b"")
        assert await ask(transport, url) == (200, b"{}")

    assert server.accepted == 2


async def test_a_connection_with_half_a_request_is_not_used_again() -> None:
    answered, drained = asyncio.Event(), asyncio.Event()

    async def talk(peer: Peer) -> None:
        head = await peer.reader.readuntil(b"\r\n\r\n")
        if b"PUT" not in head:
            peer.writer.write(OK)
            return
        peer.writer.write(BEGUN)
        await answered.wait()
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(0.2):
                    await peer.reader.read(100_000)
        drained.set()
        peer.writer.write(b"{}")
        await answering(OK)(peer)

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        request = httpx.Request("PUT", url, content=LARGE, extensions={"timeout": LONG})
        response = await transport.handle_async_request(request)
        answered.set()
        await drained.wait()
        assert await response.aread() == b"{}{}"
        assert await ask(transport, url) == (200, b"{}")

    assert server.accepted == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", httpx.ReadTimeout),
        (OK[:20], httpx.ReadTimeout),
        (BEGUN, httpx.ReadTimeout),
        (CHUNKED + b"5\r\nabc", httpx.ReadTimeout),
        (b"HTTP/1.1 200 OK\r\na: " + b"x" * MAX_HEAD, httpx.RemoteProtocolError),
        (CHUNKED + b"1\r\nabc\r\n", httpx.RemoteProtocolError),
        (CHUNKED + b"what\r\n", httpx.RemoteProtocolError),
        (b"SSH-2.0-OpenSSH_9.6\r\n", httpx.RemoteProtocolError),
    ],
    ids=[
        "silence",
        "slow head",
        "slow body",
        "slow chunk",
        "huge head",
        "wrong chunk",
        "no chunk",
        "no HTTP",
    ],
)
async def test_a_bad_answer_is_told_and_its_connection_closed(
    answer: bytes, error: type[Exception]
) -> None:
    server = Server(answering(answer))
    async with server.listening() as url, direct(url, connections=1) as transport:
        for _ in range(2):
            with pytest.raises(error):
                await ask(transport, url, within={**LONG, "read": 0.2})
            await server.closed.acquire()

    assert server.accepted == 2


@pytest.mark.parametrize("cut", [b"", OK[:20], BEGUN, CHUNKED + b"5\r\nabc"])
async def test_an_answer_that_ends_early_is_a_remote_error(cut: bytes) -> None:
    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(cut)

    async with Server(talk).listening() as url, direct(url) as transport:
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(transport, url)


async def test_a_connection_that_is_reset_is_a_read_error() -> None:
    async def talk(peer: Peer) -> None:
        await peer.request()
        linger = b"\1\0\0\0\0\0\0\0"
        peer.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        peer.writer.transport.abort()

    async with Server(talk).listening() as url, direct(url) as transport:
        with pytest.raises(httpx.ReadError):
            await ask(transport, url)


async def test_a_server_that_is_not_there_is_a_connect_error() -> None:
    async with Server(answering()).listening() as url:
        pass
    async with direct(url, connections=1) as transport:
        for _ in range(2):
            with pytest.raises(httpx.ConnectError):
                await ask(transport, url)


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".test"])
async def test_a_host_that_is_none_is_a_connect_error(host: str) -> None:
    url = f"http://{host}"
    async with direct(url) as transport:
        with pytest.raises(httpx.ConnectError):
            await ask(transport, url)


async def test_a_handshake_that_does_not_come_is_a_connect_timeout() -> None:
    async with Server(answering()).listening() as url:
        secure = url.replace("http:", "https:")
        async with direct(secure) as transport:
            with pytest.raises(httpx.ConnectTimeout):
                await ask(transport, secure, within=SHORT)


async def test_tls_trusts_its_context_and_names_the_server(tmp_path: Path) -> None:
    certificate = Certificate("localhost", tmp_path)
    named: list[str | None] = []
    certificate.server.sni_callback = lambda _, name, __: named.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate.file))
    server = Server(answering(OK, OK), tls=certificate.server)
    async with server.listening() as address:
        url = address.replace("127.0.0.1", "localhost")
        async with direct(url, tls=trusting) as transport:
            for _ in range(2):
                assert await ask(transport, url) == (200, b"{}")
        async with direct(url) as transport:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
                await ask(transport, url)

    assert named == ["localhost"] * 2


async def test_a_large_body_goes_both_ways_over_tls(tmp_path: Path) -> None:
    certificate = Certificate("localhost", tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate.file))
    large = LARGE[:5_000_000]
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(large)
    server = Server(answering(head + large), tls=certificate.server)
    async with server.listening() as address:
        url = address.replace("127.0.0.1", "localhost")
        async with direct(url, tls=trusting) as transport:
            assert await ask(transport, url, method="PUT", body=large) == (200, large)


async def test_a_server_may_have_an_address_of_ipv6() -> None:
    try:
        async with (
            Server(answering(OK)).listening("::1") as url,
            direct(url) as transport,
        ):
            assert await ask(transport, url) == (200, b"{}")
    except OSError as error:
        pytest.skip(f"There is no IPv6 here: {error}")


async def test_another_origin_is_refused() -> None:
    server = Server(answering(OK))
    async with server.listening() as url, direct(url) as transport:
        with pytest.raises(httpx.UnsupportedProtocol):
            await ask(transport, "http://another.test")

    assert server.accepted == 0


async def test_nothing_is_held_back_to_be_sent_with_more() -> None:
    async with Server(answering(OK)).listening() as url, direct(url) as transport:
        await ask(transport, url)
        [connection] = transport._idle  # noqa: SLF001 - the kernel tells nobody else
        option = connection._socket.getsockopt(  # noqa: SLF001
            socket.IPPROTO_TCP, socket.TCP_NODELAY
        )

    assert option


async def test_the_trace_is_told_once_there_is_a_connection() -> None:
    events: list[str] = []

    async def trace(event: str, _: object) -> None:
        events.append(event)

    extensions = {"timeout": LONG, "trace": trace}
    async with Server(answering(OK)).listening() as url, direct(url) as transport:
        request = httpx.Request("GET", url, extensions=extensions)
        await transport.handle_async_request(request)
    assert events == ["http11.send_request_headers.started"]

    events.clear()
    async with direct(url) as transport:
        with pytest.raises(httpx.ConnectError):
            await transport.handle_async_request(request)
    assert events == []


async def test_a_close_ends_what_is_under_way() -> None:
    arrived = asyncio.Event()

    async def talk(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        await peer.gone()

    server = Server(talk)
    async with server.listening() as url, direct(url) as transport:
        asking = asyncio.create_task(ask(transport, url))
        await arrived.wait()
        await transport.aclose()

        with pytest.raises(httpx.ReadError):
            await asking
        await server.closed.acquire()
        with pytest.raises(RuntimeError, match="closed"):
            await ask(transport, url)
        assert transport.connections == 0


def test_it_works_on_uvloop_too() -> None:
    unmeasured = b"HTTP/1.1 200 OK\r\n\r\n"

    async def unmeasured_body(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(unmeasured + LARGE)

    async def talk() -> None:
        ending = Server(unmeasured_body)
        async with ending.listening() as url, direct(url) as transport:
            assert await ask(transport, url) == (200, LARGE)
        server = Server(answering(OK, OK))
        async with server.listening() as url, direct(url) as transport:
            for _ in range(2):
                assert await ask(transport, url, method="POST", body=b"{}") == (
                    200,
                    b"{}",
                )
            assert server.accepted == 1

    uvloop.run(talk())
