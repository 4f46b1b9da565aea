"""A balancer: sends each request to one of the machines that are ready."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

import httpx

#: Seconds between two looks at a machine.
LOOK = 0.2
#: How often in a row it has to fail before it is passed over.
FALL = 2
#: Seconds that a machine may take to be looked at, and to be connected to.
PATIENCE = 1.0
#: Seconds that a connection may wait for its next request: fewer than our servers wait,
#: or a request could meet the end of its connection.
KEPT = 2.0


class Balancer(httpx.AsyncBaseTransport):
    """Does what any proxy does, for callers of one host name.

    It asks each machine for `/livez` now and then. A request goes to another machine
    only when the first one was not even reached: who knows what has come of it else.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = list(urls)
        self._ready = set(urls)
        self._turn = count()
        self._to = httpx.AsyncHTTPTransport(limits=httpx.Limits(keepalive_expiry=KEPT))

    @property
    def ready(self) -> list[str]:
        """The machines that requests are sent to."""
        return [url for url in self._urls if url in self._ready]

    async def run(self) -> None:
        """Look after the machines until canceled."""
        async with asyncio.TaskGroup() as looking:
            for url in self._urls:
                looking.create_task(self._look(url))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ready = self.ready or self._urls
        begin = next(self._turn)
        for place in range(len(ready)):
            url = httpx.URL(ready[(begin + place) % len(ready)])
            request.url = request.url.copy_with(host=url.host, port=url.port)
            request.extensions["timeout"]["connect"] = PATIENCE
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._to.handle_async_request(request)
        raise httpx.ConnectError("no machine can be reached", request=request)

    async def aclose(self) -> None:
        await self._to.aclose()

    async def _look(self, url: str) -> None:
        failures = 0
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
            while True:
                failures += 1
                with suppress(httpx.HTTPError):
                    if (await http.get(f"{url}/livez")).is_success:
                        failures = 0
                if failures == 0:
                    self._ready.add(url)
                elif failures >= FALL:
                    self._ready.discard(url)
                await asyncio.sleep(LOOK)
