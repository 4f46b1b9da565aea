"""Request ids: what names one request in its answer and in every log line about it."""

import os
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from jobwire.asgi.headers import raw_header

#: The header that may carry one, and answers with it.
HEADER = b"x-request-id"
#: What a proxy or a caller may choose; whatever else it sends is not repeated.
_SANE = re.compile(rb"[!-~]{1,128}")
_BEGINS_ANSWER = frozenset({"http.response.start", "websocket.accept"})


class BindRequestId:
    """Middleware that names each request, and binds its id to what is logged about it.

    The caller's id is kept if it is 1 to 128 printable ASCII characters without blanks.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and name it in its answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _given(scope) or _new()

        async def answer(message: Message) -> None:
            if message["type"] in _BEGINS_ANSWER:
                message["headers"] = [
                    *message.get("headers", ()),
                    (HEADER, request_id),
                ]
            await send(message)

        before = bind_contextvars(request_id=request_id.decode())
        await self._app(scope, receive, answer)
        # Not after an error: the server logs it, and should name the request.
        reset_contextvars(**before)


def _new() -> bytes:
    # Numbers would tell each caller how much the others ask.
    return os.urandom(8).hex().encode()


def _given(scope: Scope) -> bytes | None:
    value = raw_header(scope, HEADER)
    return value if value is not None and _SANE.fullmatch(value) else None
