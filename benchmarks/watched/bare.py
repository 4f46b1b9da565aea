"""The least that a broadcast can cost: one frame, made once, sent to every socket."""

import asyncio
import sys
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from jobwire.worker.event_loop import new_event_loop

_sockets: set[WebSocket] = set()


async def watch(socket: WebSocket) -> None:
    """Hold a socket."""
    await socket.accept("graphql-transport-ws")
    _sockets.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        _sockets.discard(socket)


async def publish(request: Request) -> Response:
    """Send as many frames as asked for to everybody."""
    for number in range(int(request.query_params["count"])):
        job = (
            f'{{"id":"job_{number:026}","version":1,"tag":"at-{time.time() * 1000:.3f}"'
            ',"type":"no-op","status":"QUEUED","isTerminal":false,"attemptCount":0'
            ',"createdAt":"2026-01-01T00:00:00.000Z"}'
        )
        frame = f'{{"id":"w","type":"next","payload":{{"data":{{"jobs":{job}}}}}}}'
        for socket in tuple(_sockets):
            await socket.send_text(frame)
    return Response()


def main() -> None:
    """Serve on a port until told to end."""
    app = Starlette(
        routes=[WebSocketRoute("/graphql", watch), Route("/publish", publish)]
    )
    config = uvicorn.Config(
        app,
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        backlog=2048,
    )
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
