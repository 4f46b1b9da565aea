"""Serving an application inside of a running event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket

import uvicorn
from starlette.types import ASGIApp

#: How long requests that are still open may take at the end, in seconds.
_GRACE_SECONDS = 1


@asynccontextmanager
async def serve(app: ASGIApp, listener: socket) -> AsyncIterator[None]:
    """Serve an application on a listening socket for the length of the block."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
