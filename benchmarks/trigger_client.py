"""The Trigger.dev client beside one shared default `httpx.AsyncClient`.

Both send the same trigger to the same server process, 32 at a time, in turns. The
server only answers, in its own process, so that what is measured is the clients.
Measured on two cores with Python 3.11 and httpx 0.28.1: 12.4 to 15.6 times as many
requests as httpx; with pools of httpx in place of direct connections 2.9 to 3.3 times.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx
import uvloop

from jobwire.triggerdev import TriggerDevClient

IN_FLIGHT = 32
#: Short turns and many: what else the machine does then slows both alike.
REQUESTS = 500
ROUNDS = 15
TARGET = 3
KEY = "tr_dev_4f9sKq2LmXw7"
PATH = "/api/v1/tasks/hello/trigger"
PAYLOAD = {"note": "x" * 250}
_BODY = json.dumps({"id": "run_cmwtod8ro0004wx7df8lqx9hr", "isCached": False}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"content-type: application/json; charset=utf-8\r\n"
    b"x-ratelimit-limit: 750\r\n"
    b"x-ratelimit-remaining: 749\r\n"
    b"x-ratelimit-reset: 1795463102622\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)

Once = Callable[[], Awaitable[object]]


class Answering(asyncio.Protocol):
    """Answers every request of a connection with the same."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read."""
        self._transport = transport
        self._unread = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head = self._unread[:end].lower()
            length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            after = end + 4 + int(length or 0)
            if len(self._unread) < after:
                return
            self._unread = self._unread[after:]
            self._transport.write(ANSWER)  # type: ignore[attr-defined]


async def serve() -> None:
    """Listen, and print the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server_process() -> Iterator[str]:
    """Run the server; give its URL."""
    command = [sys.executable, __file__, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = next(iter(process.stdout or ()))
            yield f"http://127.0.0.1:{int(port)}"
        finally:
            process.terminate()


async def rate(once: Once) -> float:
    """Return the requests a second, once all connections are there."""
    left = iter(range(REQUESTS))

    async def work() -> None:
        for _ in left:
            await once()

    await asyncio.gather(*(once() for _ in range(IN_FLIGHT)))
    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return REQUESTS / (time.perf_counter() - began)


async def measure(url: str) -> None:
    """Print the rates and their ratio."""
    headers = {"authorization": f"Bearer {KEY}", "x-trigger-api-version": "2025-07-16"}
    body = {"payload": PAYLOAD, "options": {}}
    async with (
        httpx.AsyncClient() as shared,
        TriggerDevClient(secret_key=KEY, api_url=url) as client,
    ):

        async def by_default() -> object:
            answer = await shared.post(url + PATH, json=body, headers=headers)
            return answer.raise_for_status().json()["id"]

        async def by_client() -> object:
            return (await client.tasks.trigger("hello", PAYLOAD)).id

        found = [(await rate(by_default), await rate(by_client)) for _ in range(ROUNDS)]
    before, after = map(statistics.median, zip(*found, strict=True))
    ratio = statistics.median(ours / default for default, ours in found)
    print(
        f"triggers, {IN_FLIGHT} in flight: one shared httpx.AsyncClient"
        f" {before:,.0f}/s, TriggerDevClient {after:,.0f}/s:"
        f" {ratio:.2f} times as many (median of {ROUNDS} turns; target {TARGET})"
    )


def main() -> None:
    """Measure both against one server."""
    with server_process() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        uvloop.run(serve())
    else:
        main()
