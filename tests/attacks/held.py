"""Our own server in this process, under terms that a test can wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from jobwire.app.connection_terms import ConnectionTerms
from jobwire.app.listening import listen
from jobwire.app.server import AppServer


@dataclass(frozen=True)
class Held:
    """A server, and where it is."""

    port: int
    server: AppServer

    @property
    def connections(self) -> int:
        """How many connections it has."""
        return len(self.server.server_state.connections)

    async def until_free(self) -> None:
        """Wait until it has none."""
        while self.connections:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def holding(app: ASGIApp, **terms: Any) -> AsyncIterator[Held]:
    """Serve an application while the block lasts."""
    server = AppServer(app, ConnectionTerms(**{"linger": 0.1, **terms}))
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.run_on([listener]))
    try:
        yield Held(listener.getsockname()[1], server)
    finally:
        server.stop()
        await serving
