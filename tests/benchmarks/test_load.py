"""The load that benchmarks put on servers: what counts as an answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from benchmarks.load.generator import Load, WrongAnswerError, answer, ask, get

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"


@asynccontextmanager
async def server(parts: Sequence[bytes]) -> AsyncIterator[int]:
    """Answer every request with some parts, one after the other; yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await _head(reader):
            for part in parts:
                writer.write(part)
                await writer.drain()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def load_of(port: int) -> Load:
    return Load(port, lambda: get("/"), lambda body: body == b"well")


@pytest.mark.parametrize("cut", range(1, len(ANSWER)))
async def test_an_answer_counts_once_however_it_is_cut(cut: int) -> None:
    async with server([ANSWER[:cut], ANSWER[cut:]]) as port:
        assert await answer(port, get("/")) == b"well"


async def test_each_connection_asks_at_least_once_and_ends_with_an_answer() -> None:
    async with server([ANSWER]) as port:
        answered = await ask(load_of(port), connections=3, seconds=0)

    assert len(answered.latencies) == 3
    assert 0 < max(answered.latencies) <= answered.seconds


@pytest.mark.parametrize(
    "wrong",
    [
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nwell",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nill",
        b"HTTP/1.1 200 OK\r\n\r\nwell",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell done",
    ],
    ids=["status", "body", "no length", "more than it says"],
)
async def test_a_wrong_answer_ends_the_measurement(wrong: bytes) -> None:
    async with server([wrong]) as port:
        with pytest.raises(WrongAnswerError):
            await ask(load_of(port), connections=1, seconds=60)


async def test_a_server_that_hangs_up_ends_the_measurement() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionResetError):
            await ask(load_of(port), connections=1, seconds=60)
