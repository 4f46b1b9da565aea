"""Whether the client still waits for the answer to a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

#: Most answers are there sooner, and for them nobody is looked after, in seconds.
PATIENCE = 0.5


@asynccontextmanager
async def while_connected(
    request: Request, *, patience: float = PATIENCE
) -> AsyncIterator[None]:
    """Cancel what is done inside when the client goes away.

    The body of the request must have been read.

    Raises:
        ClientDisconnect: The client has gone.
    """
    presence = _Presence(request)
    looking = asyncio.get_running_loop().call_later(patience, presence.watch)
    try:
        yield
    except asyncio.CancelledError:
        if not presence.has_ended:
            raise
        presence.working.uncancel()
        raise ClientDisconnect from None
    finally:
        looking.cancel()
        presence.leave()


class _Presence:
    def __init__(self, request: Request) -> None:
        self._request = request
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - coroutines run in tasks
        self.working = task
        self.has_ended = False
        self._watching: asyncio.Task[None] | None = None

    def watch(self) -> None:
        self._watching = asyncio.create_task(self._until_it_ends())

    def leave(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _until_it_ends(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_ended = True
        self.working.cancel()
