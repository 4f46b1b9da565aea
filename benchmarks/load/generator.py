"""Ask a server over kept-alive connections, each again as soon as it is answered.

Every answer is looked at: one that is wrong ends the measurement.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
#: How long a server may take to answer what was asked last, in seconds.
PATIENCE = 30


class WrongAnswerError(Exception):
    """A server did not answer as it should; what it measured would mean nothing."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head = head
        self.body = body
        said = head.partition(b"\r\n")[0] + b": " + body[:1000]
        super().__init__(f"A server answered {said.decode(errors='replace')}")


@dataclass(frozen=True, slots=True)
class Load:
    """What a server is asked.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        next_request: Writes the next request, head and body.
        is_right: Whether the body of an answer with the status 200 is as it should be.
    """

    port: int
    next_request: Callable[[], bytes]
    is_right: Callable[[bytes], bool]


@dataclass(slots=True)
class Answered:
    """What a server answered.

    Attributes:
        seconds: How long it was asked, to the last answer.
        latencies: How long each answer took, in seconds.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)


async def ask(load: Load, *, connections: int, seconds: float) -> Answered:
    """Ask over so many connections for so long.

    Raises:
        WrongAnswerError: An answer is wrong.
        TimeoutError: One does not come.
    """
    loop, answered = asyncio.get_running_loop(), Answered()
    asking = [
        (await loop.create_connection(lambda: _Asking(load, answered), port=load.port))[
            1
        ]
        for _ in range(connections)
    ]
    began = time.perf_counter()
    for one in asking:
        one.begin(until=began + seconds)
    async with asyncio.timeout(seconds + PATIENCE):
        await asyncio.gather(*(one.ended for one in asking))
    answered.seconds = time.perf_counter() - began
    return answered


class _Asking(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load, answered: Answered) -> None:
        self._load = load
        self._latencies = answered.latencies
        self._received = b""
        self._missing = 0
        self._until = self._sent = 0.0
        self._transport: asyncio.Transport
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one without being an instance of it.
        self._transport = cast("asyncio.Transport", transport)

    def begin(self, *, until: float) -> None:
        """Ask for the first time.

        Args:
            until: When to ask no more, by `time.perf_counter`.
        """
        self._until = until
        self._ask()

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if len(received) < self._missing:
            self._received = received
            return
        head, found, body = received.partition(_END_OF_HEAD)
        if not found:
            self._received = received
            return
        length = _length(head)
        if len(body) < length:
            self._received = received
            self._missing = len(head) + len(found) + length
            return
        self._received, self._missing = b"", 0
        now = time.perf_counter()
        self._latencies.append(now - self._sent)
        if not (
            head.startswith(b"HTTP/1.1 200 ")
            and len(body) == length
            and self._load.is_right(body)
        ):
            self._end(WrongAnswerError(head, body))
        elif now < self._until:
            self._ask()
        else:
            self._end()

    def connection_lost(self, _: Exception | None) -> None:
        self._end(ConnectionResetError("The server hung up."))

    def _ask(self) -> None:
        request = self._load.next_request()
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _end(self, error: Exception | None = None) -> None:
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)
        self._transport.close()


def _length(head: bytes) -> int:
    """Read how long the body is; -1: it is not told."""
    place = head.lower().find(_LENGTH)
    if place < 0:
        return -1
    start = place + len(_LENGTH)
    end = head.find(b"\r\n", start)
    return int(head[start : end if end >= 0 else len(head)])


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Write a request."""
    given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\n{given}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """Write a request without a body."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n"
    return head.encode()


async def answer(port: int, request: bytes) -> bytes:
    """Ask once; return the body of the answer, whatever it says.

    Raises:
        WrongAnswerError: Its status is not 200.
    """
    bodies: list[bytes] = []

    def keep(body: bytes) -> bool:
        bodies.append(body)
        return True

    await ask(Load(port, lambda: request, keep), connections=1, seconds=0)
    return bodies[0]
