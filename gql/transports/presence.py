"""Whether the client still waits for the answer to a request."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from jobwire.asgi.timeouts import Timeout


class WhileConnected(Timeout):
    """Cancels what is done inside when it takes too long, or the client goes away.

    Most answers are there in a moment, and for them nobody is looked after.

    Args:
        request: The request; its body must have been read.
        seconds: How long it may take.

    Raises:
        ClientDisconnect: At the end of the block: the client has gone.
        TimeoutError: As well: it took longer.
    """

    _watching: "asyncio.Task[None] | None" = None

    def __init__(self, request: Request, *, seconds: float) -> None:
        super().__init__(seconds)
        self._request = request

    def lasts(self) -> None:
        """Look after the client from now on."""
        super().lasts()
        self._watching = asyncio.create_task(self._until_it_ends())

    def ends(self) -> None:
        """Look after nobody any more."""
        super().ends()
        if self._watching is not None:
            self._watching.cancel()

    async def _until_it_ends(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.cancel(ClientDisconnect())
