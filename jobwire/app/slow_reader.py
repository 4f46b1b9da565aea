"""Clients that read too slowly, found by what is left for them."""

import asyncio

#: What a client must have taken when it is looked at again, in bytes.
LEAST = 16 * 1024


class SlowReader:
    """Cuts off a client that takes too little, or nothing, of what was written to it.

    It watches while nothing more is written: when the server's buffer is full, and
    when the connection is closed as soon as the buffer is empty.

    Args:
        transport: The connection.
        seconds: How long the client may take for 16 KiB.
    """

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Begin, if anything is left to be taken."""
        self._left = self._transport.get_write_buffer_size()
        if self._left and self._timer is None:
            self._look_later()

    def rest(self) -> None:
        """End: the client has caught up, or is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        left = self._transport.get_write_buffer_size()
        if not left:
            return
        if left > self._left - LEAST:
            self._transport.abort()
            return
        self._left = left
        self._look_later()
