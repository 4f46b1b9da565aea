"""Hanging up so that the client can read the last word.

The kernel answers what comes to a closed socket, or lies unread in it, with a reset,
and a client that is still sending then hardly ever reads what it was told before.
"""

import asyncio

#: What is taken from a client that goes on sending, in bytes.
_MOST = 64 * 1024 * 1024


def linger(
    transport: asyncio.Transport, protocol: asyncio.Protocol, *, seconds: float
) -> asyncio.TimerHandle:
    """Send nothing more, and drop what comes, until the client hangs up.

    Args:
        transport: The connection; all that shall be said is written.
        protocol: Whose it was; it hears of its end.
        seconds: How long the client may take.

    Returns:
        What cuts the client off then; the protocol may hold it, and need not cancel it.
    """
    if not transport.is_closing():
        if transport.can_write_eof():
            transport.write_eof()
        transport.set_protocol(_Lingering(transport, protocol))
        transport.resume_reading()
    return asyncio.get_running_loop().call_later(seconds, transport.abort)


class _Lingering(asyncio.Protocol):
    def __init__(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._left = _MOST

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()
