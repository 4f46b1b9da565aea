"""What goes over the wire when a head and a body are written one after the other."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from jobwire.app.joined_head import JoinedHead

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Wire:
    """A connection with a joining transport at one end."""

    def __init__(self, transport: asyncio.Transport, other: socket.socket) -> None:
        self.transport = JoinedHead(transport)
        self._other = other

    def sent(self) -> bytes:
        """Return what has come to the other end by now."""
        try:
            return self._other.recv(1_000)
        except BlockingIOError:
            return b""


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    here, there = socket.socketpair()
    there.settimeout(0)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=here)
    yield Wire(transport, there)
    transport.abort()
    there.close()


async def test_a_head_goes_with_its_body(wire: Wire) -> None:
    wire.transport.write(HEAD)
    assert wire.sent() == b""

    wire.transport.write(b"ab")

    assert wire.sent() == HEAD + b"ab"


async def test_a_head_whose_body_is_not_there_yet_goes_alone(wire: Wire) -> None:
    wire.transport.write(HEAD)
    await asyncio.sleep(0)
    assert wire.sent() == HEAD

    wire.transport.write(b"ab")

    assert wire.sent() == b"ab"


async def test_two_answers_in_one_step_keep_their_order(wire: Wire) -> None:
    for body in (b"ab", b"cd"):
        wire.transport.write(HEAD)
        wire.transport.write(body)

    assert wire.sent() == HEAD + b"ab" + HEAD + b"cd"
    await asyncio.sleep(0)
    assert wire.sent() == b""


async def test_a_connection_that_is_closed_sends_the_head_first(wire: Wire) -> None:
    wire.transport.write(HEAD)
    wire.transport.close()

    assert wire.transport.is_closing()
    assert wire.sent() == HEAD


async def test_a_head_is_not_sent_to_a_client_that_has_gone(wire: Wire) -> None:
    loop = asyncio.get_running_loop()
    failures: list[object] = []
    loop.set_exception_handler(lambda _, failure: failures.append(failure))

    wire.transport.write(HEAD)
    wire.transport.abort()
    await asyncio.sleep(0)

    assert wire.sent() == b""
    assert failures == []
