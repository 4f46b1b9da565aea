"""Whether the client still waits for the answer to a request."""

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect, Request

#: Most answers are there sooner, and for them nobody is looked after, in seconds.
PATIENCE = 0.5


class WhileConnected:
    """Cancels what is done inside when the client goes away.

    Args:
        request: The request; its body must have been read.
        patience: From when on the client is looked after, in seconds.

    Raises:
        ClientDisconnect: At the end of the block: the client has gone.
    """

    def __init__(self, request: Request, *, patience: float = PATIENCE) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - coroutines run in tasks
        self._request = request
        self._working = task
        self._patience = patience
        self._has_ended = False
        self._looking: asyncio.TimerHandle
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(self._patience, self._watch)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._looking.cancel()
        if self._watching is not None:
            self._watching.cancel()
        if self._has_ended and isinstance(error, asyncio.CancelledError):
            self._working.uncancel()
            raise ClientDisconnect from None

    def _watch(self) -> None:
        self._watching = asyncio.create_task(self._until_it_ends())

    async def _until_it_ends(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._has_ended = True
        self._working.cancel()
