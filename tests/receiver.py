"""A back end that is notified: a real HTTP server on loopback."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
#: Seconds that anything may take before a test gives up.
PATIENCE = 40.0


@dataclass(frozen=True)
class Posted:
    """A message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        found: str = self.json["type"]
        return found


class Receiver:
    """Takes everything with 204, but what `answers` holds is answered first."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: deque[Response] = deque()
        self.url = ""
        #: Cleared: requests wait for their answer.
        self.gate = asyncio.Event()
        self.gate.set()
        self._stirred = asyncio.Event()

    async def take(self, request: Request) -> Response:
        path = request.url.path
        if request.url.query:
            path = f"{path}?{request.url.query}"
        body = await request.body()
        self.posted.append(Posted(path, dict(request.headers), body))
        self._stirred.set()
        await self.gate.wait()
        return self.answers.popleft() if self.answers else Response(status_code=204)

    async def until(self, reached: Callable[[list[Posted]], bool]) -> list[Posted]:
        """Wait until what was posted is enough."""
        async with asyncio.timeout(PATIENCE):
            while not reached(self.posted):
                self._stirred.clear()
                await self._stirred.wait()
        return self.posted

    async def count(self, number: int) -> list[Posted]:
        """Wait until so many were posted."""
        return await self.until(lambda posted: len(posted) >= number)


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    """Run a receiver until the block ends."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup(sockets=[listener])
    receiver.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        await server.shutdown(sockets=[listener])
