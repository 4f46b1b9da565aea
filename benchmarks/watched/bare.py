"""The least that a broadcast can cost: one frame, made once, sent to every socket."""

import sys
import time
from contextlib import nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.plain_uvicorn import serve

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
    serve(nullcontext(app), int(sys.argv[1]))


if __name__ == "__main__":
    main()
