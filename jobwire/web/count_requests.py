"""Counting requests by the route that answered them."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobwire.web.metrics import Metrics

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_ROUTES = frozenset(
    {
        "/",
        "/api/trigger/webhook",
        "/board",
        "/graphql",
        "/livez",
        "/metrics",
        "/readyz",
    }
)


class CountRequests:
    """Middleware that counts requests by the route that answered them.

    Addresses that no route knows are counted together, so that a scanner cannot make
    figures without end. Websockets are not requests; their streams are counted by the
    feed.
    """

    def __init__(self, app: ASGIApp, metrics: Callable[[], Metrics | None]) -> None:
        self._app = app
        self._metrics = metrics
        #: Looking figures up by their labels takes longer than counting.
        self._counts: dict[tuple[object, ...], Callable[[float], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        metrics = self._metrics()
        if scope["type"] != "http" or metrics is None:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in _METHODS else "other"
                figures = (metrics, method, _route(scope), message["status"])
                counted = self._counts.get(figures)
                if counted is None:
                    counted = self._counts[figures] = _counting(*figures)
                counted(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, count)


def _counting(
    metrics: Metrics, method: str, route: str, status: int
) -> Callable[[float], None]:
    requests = metrics.requests.labels(method, route, status)
    request_seconds = metrics.request_seconds.labels(route)

    def count(seconds: float) -> None:
        requests.inc()
        request_seconds.observe(seconds)

    return count


def _route(scope: Scope) -> str:
    path: str | None = getattr(scope.get("route"), "path", None)
    return path if path in _ROUTES else "other"
