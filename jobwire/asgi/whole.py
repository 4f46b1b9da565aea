"""Requests and answers that are there as a whole, and need no messages of ASGI."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwire.asgi.headers import RawHeaders
from jobwire.asgi.pieces import in_pieces

#: Answers a request, as the endpoint of a route does.
Endpoint = Callable[[Request], Awaitable[ASGIApp]]
#: Returns the endpoint of a request, which does all that the application would; None:
#: the application must be asked.
FindEndpoint = Callable[[Scope], Endpoint | None]


class WholeRequest(Request):
    """A request whose body has come.

    Attributes:
        whole: The body.
    """

    def __init__(self, scope: Scope, receive: Receive, whole: bytes) -> None:
        super().__init__(scope, receive)
        self.whole = whole


class WholeAnswer:
    """An answer that is there; an ASGI application that sends it.

    It is a small part of what Starlette's responses can do, for the many that are made.

    Attributes:
        status: The HTTP status.
        headers: What many answers say, and are to share as one value.
        own: What this one says alone; its length it says by itself.
        body: The body.
    """

    __slots__ = ("body", "headers", "own", "status")

    def __init__(
        self, status: int, headers: RawHeaders, body: bytes, own: RawHeaders = ()
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.own = own

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send it, a long one in pieces."""
        length = (b"content-length", b"%d" % len(self.body))
        headers = [*self.headers, *self.own, length]
        await send(
            {"type": "http.response.start", "status": self.status, "headers": headers}
        )
        for message in in_pieces(self.body, more=False):
            await send(message)


class DirectApplication(Starlette):
    """An application some of whose endpoints our own server may ask directly.

    Args:
        find_endpoint: Finds them.
        options: Those of every application.
    """

    def __init__(self, find_endpoint: FindEndpoint, **options: Any) -> None:
        super().__init__(**options)
        self.find_endpoint = find_endpoint
