"""One request with its answer: through ASGI, or by an endpoint that is asked directly.

ASGI takes a request and an answer apart into messages, and each layer of an application
passes on every one of them. Where both are there as a whole, that costs more than all
else that a server does.
"""

from functools import lru_cache, partial
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from jobwire.asgi.headers import RawHeaders
from jobwire.asgi.pieces import PIECE
from jobwire.asgi.whole import (
    DirectApplication,
    Endpoint,
    WholeAnswer,
    WholeRequest,
)

#: Heads that are remembered: answers differ in few ways.
_MAX_REMEMBERED = 256


class Exchange(RequestResponseCycle):
    """uvicorn's cycle, and a shorter way for what is there as a whole."""

    async def run_asgi(self, app: Any) -> None:
        """Have the request answered."""
        if (
            isinstance(app, DirectApplication)
            and not self.more_body
            and not self.waiting_for_100_continue
        ):
            scope: Any = self.scope
            endpoint = app.find_endpoint(scope)
            if endpoint is not None:
                app = partial(self._ask, endpoint)
        await super().run_asgi(app)

    async def _ask(
        self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send
    ) -> None:
        body, self.body = bytes(self.body), bytearray()
        answer = await endpoint(WholeRequest(scope, receive, body))
        if (
            isinstance(answer, WholeAnswer)
            and len(answer.body) <= PIECE
            and not self.flow.write_paused
            and not self.disconnected
        ):
            self._write(answer)
        else:
            await answer(scope, receive, send)

    def _write(self, answer: WholeAnswer) -> None:
        """Send an answer, as uvicorn would send its messages."""
        self.response_started = self.response_complete = True
        self.message_event.set()
        self.transport.write(
            b"%b%b%b%bcontent-length: %d\r\n%b\r\n%b"
            % (
                STATUS_LINE[answer.status],
                _lines(tuple(self.default_headers)),
                _lines(answer.headers),
                _written(answer.own),
                len(answer.body),
                b"" if self.keep_alive else b"connection: close\r\n",
                answer.body,
            )
        )
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def _written(headers: RawHeaders) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_lines = lru_cache(maxsize=_MAX_REMEMBERED)(_written)
