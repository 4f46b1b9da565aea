"""Direct connections to one origin, kept open between requests.

For each request the pool of httpcore looks at all its connections, several times, so
that its cost grows with their number. Here a request costs the same however many
there are (`benchmarks/trigger_client.py` measures it).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import httpx

from jobwire.triggerdev.answer_reader import AnswerReader
from jobwire.triggerdev.connection import Connection, Seconds
from jobwire.triggerdev.request_bytes import request_bytes

#: How long the first of a server's addresses has before the next is tried beside it.
#: Source: RFC 8305, section 8.
_NEXT_ADDRESS = 0.25
_PORTS = {"http": 80, "https": 443}


class DirectTransport(httpx.AsyncBaseTransport):
    """Sends requests of HTTP/1.1 to one origin, each on a connection of its own.

    It raises what httpx raises: `ConnectError`, `ConnectTimeout` and `PoolTimeout`
    when no byte of the request was sent, else `ReadError`, `ReadTimeout`,
    `WriteTimeout` or `RemoteProtocolError`. The extension `trace` is told when the
    request begins, and nothing else.
    """

    def __init__(
        self,
        url: httpx.URL,
        *,
        ssl_context: ssl.SSLContext,
        connections: int,
        idle_seconds: float,
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: Whose origin it is.
            ssl_context: For `https`.
            connections: How many there may be at once; more requests wait.
            idle_seconds: How long one is kept without a request.
        """
        self._origin = _origin(url)
        self._ssl = ssl_context if url.scheme == "https" else None
        self._most = connections
        self._idle_seconds = idle_seconds
        self._taken = 0
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def connections(self) -> int:
        """How many connections are open, busy or idle."""
        return len(self._open)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its answer once the head has come."""
        if _origin(request.url) != self._origin:
            raise httpx.UnsupportedProtocol("This transport leads to another origin.")
        sent = request_bytes(request, await request.aread())
        timeouts: Seconds = request.extensions.get("timeout", {})
        trace = request.extensions.get("trace")
        connection = await self._take(timeouts)
        try:
            if trace is not None:
                await trace("http11.send_request_headers.started", {})
            reader = AnswerReader(request.method)
            await connection.ask(sent, reader, timeouts)
        except BaseException:
            self._drop(connection)
            raise
        stream: httpx.AsyncByteStream
        if reader.is_whole:
            # Others may have the connection while this body is looked at.
            stream = _Whole(reader.take())
            self._give_back(connection)
        else:
            stream = _Coming(self, connection, timeouts)
        return httpx.Response(
            reader.status,
            headers=reader.fields,
            stream=stream,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": reader.reason},
        )

    async def aclose(self) -> None:
        """Close all connections, those of requests under way too."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        self._idle.clear()
        for connection in self._open:
            connection.abort()
        await asyncio.gather(*(connection.lost for connection in self._open))

    async def _take(self, timeouts: Seconds) -> Connection:
        """Return a connection that nobody else uses."""
        if self._is_closed:
            raise RuntimeError("The transport is closed.")
        while True:
            if self._idle:
                connection: Connection | None = self._idle.pop()
                self._taken += 1
            elif self._taken < self._most:
                connection = None
                self._taken += 1
            else:
                connection = await self._wait(timeouts.get("pool"))
            if connection is None:
                return await self._connect(timeouts.get("connect"))
            if self._is_fresh(connection) and connection.is_usable():
                return connection
            self._drop(connection)

    async def _wait(self, seconds: float | None) -> Connection | None:
        """Wait for a connection; None: for the place of one."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                return await waiter
        except BaseException as error:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            if waiter.done() and not waiter.cancelled():
                # It came too late, and belongs to the next.
                self._pass_on(waiter.result())
            if isinstance(error, TimeoutError):
                raise httpx.PoolTimeout("No connection became free.") from error
            raise

    async def _connect(self, seconds: float | None) -> Connection:
        loop = asyncio.get_running_loop()
        _, host, port = self._origin
        arguments: dict[str, Any] = {}
        if isinstance(loop, asyncio.BaseEventLoop):
            # Others, such as uvloop, try one address after the other.
            arguments["happy_eyeballs_delay"] = _NEXT_ADDRESS
        try:
            async with asyncio.timeout(seconds):
                # Both loops set TCP_NODELAY.
                _, connection = await loop.create_connection(
                    lambda: Connection(loop),
                    host.decode(),
                    port,
                    ssl=self._ssl,
                    **arguments,
                )
            self._open.add(connection)
            connection.lost.add_done_callback(lambda _: self._open.discard(connection))
        except BaseException as error:
            self._pass_on(None)
            if isinstance(error, TimeoutError):
                raise httpx.ConnectTimeout("No connection in time.") from error
            # A host that cannot be one is a ValueError.
            if isinstance(error, OSError | ValueError):
                raise httpx.ConnectError(str(error)) from error
            raise
        if self._is_closed:
            self._drop(connection)
            raise httpx.ConnectError("The transport was closed.")
        return connection

    def _is_fresh(self, connection: Connection) -> bool:
        now = asyncio.get_running_loop().time()
        return now - connection.idle_since < self._idle_seconds

    def _give_back(self, connection: Connection) -> None:
        if self._is_closed or not connection.can_another_follow():
            self._drop(connection)
            return
        connection.idle_since = asyncio.get_running_loop().time()
        self._pass_on(connection)

    def _drop(self, connection: Connection) -> None:
        connection.abort()
        self._pass_on(None)

    def _pass_on(self, connection: Connection | None) -> None:
        """Give a connection, or the place of one, to who waits longest."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._taken -= 1
        if connection is not None:
            self._idle.append(connection)
            self._sweep = self._sweep or self._sweep_in(self._idle_seconds)

    def _sweep_in(self, seconds: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._close_the_stale)

    def _close_the_stale(self) -> None:
        kept = [one for one in self._idle if self._is_fresh(one) and one.is_usable()]
        for connection in set(self._idle).difference(kept):
            connection.abort()
        self._idle, self._sweep = kept, None
        if kept:
            self._sweep = self._sweep_in(self._idle_seconds)


class _Whole(httpx.AsyncByteStream):
    """A body that is there."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


class _Coming(httpx.AsyncByteStream):
    """A body of which a part is still to come."""

    def __init__(
        self, transport: DirectTransport, connection: Connection, timeouts: Seconds
    ) -> None:
        self._transport = transport
        self._connection: Connection | None = connection
        self._timeouts = timeouts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while self._connection is not None:
                piece = await self._connection.read(self._timeouts)
                if not piece:
                    connection, self._connection = self._connection, None
                    self._transport._give_back(connection)  # noqa: SLF001 - a part
                    break
                yield piece
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Give up what is still to come."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._transport._drop(connection)  # noqa: SLF001 - a part of it


def _origin(url: httpx.URL) -> tuple[str, bytes, int]:
    return url.scheme, url.raw_host, url.port or _PORTS.get(url.scheme, 0)
