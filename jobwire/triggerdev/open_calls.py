"""The calls that are under way: each ends at its deadline, and all at the close."""

import asyncio
from types import TracebackType
from typing import Self


class CallEndedError(Exception):
    """The deadline of a call passed, or its client was closed."""


class OpenCalls:
    """The calls of one client, all in one event loop.

    Attributes:
        is_closed: Whether no more calls can be made.
    """

    def __init__(self) -> None:
        self.is_closed = False
        self._open: set[OpenCall] = set()
        self._none_left = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, seconds: float | None) -> "OpenCall":
        """Hold a call open, for so many seconds at most.

        Raises:
            RuntimeError: `close` came already, or this is another event loop.
        """
        self._check_loop()
        if self.is_closed:
            raise RuntimeError("The client is closed, and makes no more calls.")
        return OpenCall(self, seconds)

    async def close(self) -> None:
        """End the calls that are under way, and wait until they have left."""
        if self._loop is not None:
            self._check_loop()
        self.is_closed = True
        for call in self._open:
            call.end()
        if self._open:
            await self._none_left.wait()

    def entered(self, call: "OpenCall") -> None:
        """Take note of a call that begins."""
        self._open.add(call)
        self._none_left.clear()

    def left(self, call: "OpenCall") -> None:
        """Take note of a call that is over."""
        self._open.discard(call)
        if not self._open:
            self._none_left.set()

    def _check_loop(self) -> None:
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if loop is not self._loop:
            raise RuntimeError(
                "The client was used in another event loop before. Its connections"
                " belong to that loop; make a client for each."
            )


class OpenCall:
    """A call that is under way, as an async context manager.

    Raises:
        CallEndedError: Its seconds passed, or its client was closed.
    """

    def __init__(self, calls: OpenCalls, seconds: float | None) -> None:
        self._calls = calls
        self._scope = asyncio.timeout(seconds)

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._calls.entered(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._calls.left(self)
        try:
            await self._scope.__aexit__(kind, error, traceback)
        except TimeoutError as timeout:
            raise CallEndedError from timeout

    def end(self) -> None:
        """End it now."""
        if not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())
