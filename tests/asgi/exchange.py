"""One request and its answer, event by event, without a server."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message


class Exchange:
    """Gives the parts of a body one after the other, and keeps what is sent."""

    def __init__(self, parts: Iterable[bytes], *, is_endless: bool = False) -> None:
        self._parts = list(parts)
        self._is_endless = is_endless
        #: How many parts were taken before each message was sent.
        self.sent: list[tuple[int, Message]] = []
        self.taken = 0

    def request(self, **headers: str) -> Request:
        """Return it as a request."""
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "headers": [
                (name.replace("_", "-").encode(), value.encode())
                for name, value in headers.items()
            ],
        }
        return Request(scope, self.receive)

    async def receive(self) -> Message:
        """Give the next part; none of an endless body is the last one."""
        if not self._parts:
            await asyncio.Event().wait()
        self.taken += 1
        part = self._parts.pop(0)
        more = bool(self._parts) or self._is_endless
        return {"type": "http.request", "body": part, "more_body": more}

    async def send(self, message: Message) -> None:
        """Keep a message."""
        self.sent.append((self.taken, message))

    async def answered(self, app: ASGIApp) -> None:
        """Let an application answer."""
        await app({"type": "http"}, self.receive, self.send)
