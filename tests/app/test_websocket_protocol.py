"""What our own server writes to a websocket, read by another implementation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from jobwire.app.listening import address_of, listen
from jobwire.app.server import AppServer
from jobwire.app.websocket_protocol import text_frame

LENGTHS = [0, 1, 125, 126, 127, 40_000, 65_535, 65_536, 200_000]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what the query string asks for, in one turn, and close."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    for length in map(int, scope["query_string"].decode().split(",")):
        await send({"type": "websocket.send", "text": "ä" * length})
        if length % 2:
            await send({"type": "websocket.send", "bytes": b"\xff" * length})
    await send({"type": "websocket.close", "code": 1001, "reason": "that is all"})


@asynccontextmanager
async def connected(lengths: list[int]) -> AsyncIterator[ClientConnection]:
    server = AppServer(app)
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.run_on([listener]))
    url = f"ws://{address_of(listener)}/?{','.join(map(str, lengths))}"
    try:
        async with connect(
            url, max_size=2**20, extensions=[ClientPerMessageDeflateFactory()]
        ) as socket:
            yield socket
    finally:
        server.stop()
        await serving


async def test_messages_of_every_length_arrive_in_order_and_before_the_close() -> None:
    lengths = [*LENGTHS, *reversed(LENGTHS), *LENGTHS[::2], *LENGTHS[1::2]]
    expected: list[str | bytes] = []
    for length in lengths:
        expected.append("ä" * length)
        if length % 2:
            expected.append(b"\xff" * length)
    async with asyncio.timeout(20), connected(lengths) as socket:
        received = [message async for message in socket]
        code, reason = socket.close_code, socket.close_reason

    assert received == expected
    assert (code, reason) == (1001, "that is all")
    assert socket.protocol.extensions == []


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_the_head_of_a_frame_tells_its_length(length: int, head: bytes) -> None:
    assert text_frame("x" * length) == head + b"x" * length
