"""Shards: several small pools of connections instead of a large one.

For each request the pool of httpx looks at all its connections, several times, so
that its cost grows with their number: 32 requests at once cost about three times as
much in one pool as in 32 (httpcore 1.0.9). Proxies are reached by such pools; direct
connections need only one shard, since `DirectTransport` does not look at them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter

import httpx


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer.

    Attributes:
        status: The HTTP status.
        headers: By their names in lower case; of one that came twice the last.
        body: Decoded, if it was compressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Shard:
    transport: httpx.AsyncBaseTransport
    busy: int = 0


class Shards:
    """Transports of one origin, of which each request takes the least busy.

    A shard is made when all others are busy. The first is made at once, so that what
    is wrong with all of them is told early.
    """

    def __init__(
        self, make: Callable[[], httpx.AsyncBaseTransport], *, most: int
    ) -> None:
        """Take what makes a transport, and how many there may be."""
        self._make = make
        self._most = most
        self._shards = [_Shard(make())]

    def __len__(self) -> int:
        return len(self._shards)

    async def send(self, request: httpx.Request) -> Received:
        """Send a request and read the whole answer, whatever its status.

        Raises:
            httpx.HTTPError: No answer came, or only a part of one.
        """
        shard = self._least_busy()
        shard.busy += 1
        try:
            response = await shard.transport.handle_async_request(request)
            response.request = request
            # Read once: each look-up in httpx's own headers reads all of them.
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers.raw
            }
            try:
                body = await _body_of(response, headers)
            finally:
                await response.aclose()
            return Received(response.status_code, headers, body)
        finally:
            shard.busy -= 1

    async def aclose(self) -> None:
        """Close all connections."""
        for shard in self._shards:
            await shard.transport.aclose()

    def _least_busy(self) -> _Shard:
        # Of equals the first, whose connections are the warmest.
        shard = min(self._shards, key=attrgetter("busy"))
        if shard.busy and len(self._shards) < self._most:
            shard = _Shard(self._make())
            self._shards.append(shard)
        return shard


async def _body_of(response: httpx.Response, headers: Mapping[str, str]) -> bytes:
    stream = response.stream
    if "content-encoding" in headers or not isinstance(stream, httpx.AsyncByteStream):
        return await response.aread()
    # As `aread` does, but without the layers that would decode and count it.
    return b"".join([chunk async for chunk in stream])
