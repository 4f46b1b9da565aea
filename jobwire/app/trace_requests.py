"""Tracing requests: a span around each, which goes on from that of its caller."""

from starlette.types import ASGIApp, Receive, Scope, Send

from jobwire.jobs import tracing


class TraceRequests:
    """Middleware that makes a span of each request over HTTP.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its span."""
        if scope["type"] != "http" or not tracing.is_on():
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        given = dict(scope["headers"]).get(tracing.TRACEPARENT.encode())
        parent = None if given is None else given.decode("latin-1")
        with tracing.span(f"{scope['method']} {path}", "server", parent=parent):
            await self._app(scope, receive, send)
