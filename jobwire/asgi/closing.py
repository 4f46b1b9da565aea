"""The answer to a request of which not all was read: the last on its connection."""

import asyncio
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

#: How long the rest of a request is waited for, in seconds.
PATIENCE = 5.0
#: How much of it, in bytes.
MOST = 64 * 1024 * 1024


class Closing:
    """An answer after which the connection ends, but not before it could be read.

    A client that is still sending when its connection is closed under it hardly ever
    reads the answer. So what still comes is dropped for a while before the answer ends;
    its length tells the client that it has all of it.

    Args:
        response: The answer, with its length.
        patience: How long the client may go on sending, in seconds.
    """

    def __init__(self, response: Response, *, patience: float = PATIENCE) -> None:
        self._response = response
        self._patience = patience
        response.headers["Connection"] = "close"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def send_all_but_the_end(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "more_body": True}
            await send(message)

        await self._response(scope, receive, send_all_but_the_end)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                await _drop(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drop(receive: Receive) -> None:
    left = MOST
    while left > 0:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return
        left -= len(message.get("body", b""))
