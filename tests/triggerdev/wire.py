"""A server on loopback that reads one request after another and may never answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

import httpx

#: Ends a connection without an answer.
HANG_UP = b""
#: Keeps a connection open and silent.
SILENCE = None


class Wire:
    """Answers each connection's request with the next of `answers`."""

    def __init__(
        self, *answers: bytes | None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.answers = list(answers)
        self.heads: list[str] = []
        self.arrived = asyncio.Event()
        self.port = 0
        self._tls = tls
        self._done = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield
            self._done.set()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # A client that hangs up early ends it, and nothing may stay open behind it.
        with closing(writer), suppress(asyncio.IncompleteReadError):
            await self._answer(reader, writer)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = httpx.Headers(
            [tuple(line.split(": ", 1)) for line in head.splitlines()[1:-1]]
        ).get("content-length", "0")
        await reader.readexactly(int(length))
        self.heads.append(head)
        self.arrived.set()
        answer = self.answers.pop(0)
        if answer is SILENCE:
            await self._done.wait()
        else:
            writer.write(answer)


def answer(body: bytes, status: str = "200 OK") -> bytes:
    """A whole answer that ends its connection."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
    length = f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return (head + length).encode() + body
