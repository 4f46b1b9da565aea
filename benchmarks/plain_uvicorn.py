"""uvicorn for applications to compare with, set as `jobwire serve` sets it."""

import asyncio
from contextlib import AbstractAsyncContextManager

import uvicorn
from starlette.types import ASGIApp

from jobwire.worker.event_loop import new_event_loop


def serve(app: AbstractAsyncContextManager[ASGIApp], port: int) -> None:
    """Open an application and serve it on a port of 127.0.0.1 until told to end."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(app, port))


async def _serve(app: AbstractAsyncContextManager[ASGIApp], port: int) -> None:
    async with app as opened:
        config = uvicorn.Config(
            opened,
            port=port,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            backlog=2048,
        )
        await uvicorn.Server(config).serve()
