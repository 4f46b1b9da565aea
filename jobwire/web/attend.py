"""What every request has in common: a name, a count, and an answer that is guarded."""

import time
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from jobwire.asgi.whole import Endpoint, FindEndpoint, WholeAnswer
from jobwire.web.count_requests import RequestCounts
from jobwire.web.headers import completed, completed_whole
from jobwire.web.metrics import Metrics
from jobwire.web.request_id import HEADER, request_id_of


class Attend:
    """Middleware that names requests, counts them, and guards their answers.

    The id of a request is bound to what is logged about it. All are one middleware, as
    each that looks at an answer costs as much again.

    Args:
        app: The application.
        metrics: Returns where to count; None: nowhere at the moment.
    """

    def __init__(self, app: ASGIApp, metrics: Callable[[], Metrics | None]) -> None:
        self._app = app
        self._counts = RequestCounts(metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete the head of its answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        attended = _Attended(scope, self._counts)
        before = bind_contextvars(request_id=attended.request_id.decode())
        await self._app(scope, receive, attended.completing(send))
        # Not after an error: the server logs it, and should name the request.
        reset_contextvars(**before)


def directly(
    posts: Sequence[tuple[Route, Endpoint]], metrics: Callable[[], Metrics | None]
) -> FindEndpoint:
    """Return what finds endpoints that do for a POST what the middleware does.

    They are asked in a task of its own, behind which nothing that is bound is seen.

    Args:
        posts: Routes that take posts, and what answers them.
        metrics: Returns where to count; None: nowhere at the moment.
    """
    counts = RequestCounts(metrics)
    endpoints = {route.path: _attended(route, asked, counts) for route, asked in posts}

    def find(scope: Scope) -> Endpoint | None:
        return endpoints.get(scope["path"]) if scope["method"] == "POST" else None

    return find


def _attended(route: Route, endpoint: Endpoint, counts: RequestCounts) -> Endpoint:
    async def attend(request: Request) -> ASGIApp:
        request.scope["route"] = route
        attended = _Attended(request.scope, counts)
        bind_contextvars(request_id=attended.request_id.decode())
        return attended.completed(await endpoint(request))

    return attend


class _Attended:
    """One request, from its beginning on."""

    def __init__(self, scope: Scope, counts: RequestCounts) -> None:
        self.request_id = request_id_of(scope)
        self._scope = scope
        self._counts = counts
        self._began = time.perf_counter()

    def completing(self, send: Send) -> Send:
        """Return what sends an answer, its head completed."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = completed(message.get("headers", ()))
                message["headers"] = [*headers, (HEADER, self.request_id)]
                self._count(message["status"])
            elif message["type"] == "websocket.accept":
                headers = message.get("headers", ())
                message["headers"] = [*headers, (HEADER, self.request_id)]
            await send(message)

        return complete

    def completed(self, answer: ASGIApp) -> ASGIApp:
        """Return an answer, its head completed."""
        if not isinstance(answer, WholeAnswer):
            return lambda scope, receive, send: answer(
                scope, receive, self.completing(send)
            )
        answer.headers = completed_whole(answer.headers)
        answer.own = (*answer.own, (HEADER, self.request_id))
        self._count(answer.status)
        return answer

    def _count(self, status: int) -> None:
        self._counts.count(self._scope, status, time.perf_counter() - self._began)
