"""Clients that keep to no rule: bytes over a socket, and what comes back."""

import asyncio
import json
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: How long anything may take that a test waits for, in seconds.
PATIENCE = 20.0

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0
_FIN = 0x80

HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: attack\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
)


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of its only error."""
        [error] = json.loads(self.body)["errors"]
        return error["extensions"]["code"]


class Raw:
    """An open connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    def pause(self) -> None:
        """Read nothing more."""
        self._writer.transport.pause_reading()

    def write(self, data: bytes) -> None:
        """Send something soon."""
        self._writer.write(data)

    def hang_up(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()

    async def send(self, data: bytes) -> None:
        """Send something; whether it arrives is of no interest."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            return

    async def answer(self) -> Answer:
        """Read one answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            line, *lines = head.strip().split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (each.partition(":") for each in lines)
            }
            length = int(headers.get("content-length", 0))
            body = await self._reader.readexactly(length)
        return Answer(int(line.split()[1]), headers, body)

    async def part(self) -> bytes:
        """Read what has come."""
        async with asyncio.timeout(PATIENCE):
            return await self._reader.read(2**16)

    async def rest(self) -> bytes:
        """Read what comes until the server hangs up."""
        got = b""
        try:
            async with asyncio.timeout(PATIENCE):
                while part := await self._reader.read(2**16):
                    got += part
        except ConnectionError:
            return got
        return got

    async def upgrade(self, more: str = "") -> Answer:
        """Ask for a websocket."""
        self.write(f"{HANDSHAKE}{more}\r\n".encode())
        return await self.answer()

    async def frame(self) -> tuple[int, bytes]:
        """Read one frame of the server."""
        async with asyncio.timeout(PATIENCE):
            first, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2))
            elif length == 127:
                length = int.from_bytes(await self._reader.readexactly(8))
            return first & 0x0F, await self._reader.readexactly(length)

    async def message(self) -> Any:
        """Read frames until one is a text."""
        while True:
            opcode, payload = await self.frame()
            if opcode == TEXT:
                return json.loads(payload)
            assert opcode != CLOSE, payload

    async def closed(self) -> tuple[int, str]:
        """Read frames until one closes the socket; return its code and reason."""
        while True:
            opcode, payload = await self.frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2]), payload[2:].decode()

    async def say(self, message: Any) -> None:
        """Send a message."""
        await self.send(text(message))

    async def initialise(self, caller: str = "alice") -> None:
        """Do both handshakes."""
        assert (await self.upgrade()).status == 101
        await self.say({"type": "connection_init", "payload": {"token": caller}})
        assert (await self.message())["type"] == "connection_ack"


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, bits: int = 0
) -> bytes:
    """Write a client's frame, masked with zeros."""
    first = (_FIN if fin else 0) | bits | opcode
    length = len(payload)
    if length < 126:
        head = bytes((first, 0x80 | length))
    elif length < 2**16:
        head = struct.pack("!BBH", first, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, length)
    return head + bytes(4) + payload


def text(message: Any) -> bytes:
    """Write a message as a frame."""
    return frame(TEXT, json.dumps(message).encode())


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[Raw]:
    """Connect; the connection is cut at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


def resident(pid: int) -> float:
    """Return the memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
