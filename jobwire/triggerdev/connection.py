"""One connection to a server: a request at a time, and what is known when it ends."""

import asyncio
import select
import socket
from collections.abc import Mapping
from typing import cast

import httpx

from jobwire.triggerdev.answer_reader import AnswerReader

#: Bodies are written in pieces, each of which has the whole timeout.
_PIECE = 64 * 1024
#: How much of a body may wait for its reader, in bytes.
_MAX_UNREAD = 1024 * 1024

Seconds = Mapping[str, float | None]


class Connection(asyncio.Protocol):
    """A connection that `loop.create_connection` made.

    Attributes:
        lost: Done when nothing is left of it.
        idle_since: When its last answer was whole, on the clock of the loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.lost: asyncio.Future[None] = loop.create_future()
        self.idle_since = 0.0
        self._loop = loop
        self._reader: AnswerReader | None = None
        self._waiter: asyncio.Future[bool] | None = None
        self._failure: httpx.TransportError | None = None
        self._has_ended = False
        self._is_full = False
        self._is_paused = False
        self._is_sent = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # Of loops other than asyncio's it is no subclass.
        self._transport = cast("asyncio.Transport", transport)
        self._socket = transport.get_extra_info("socket")

    def data_received(self, data: bytes) -> None:
        """Read a part of the answer."""
        reader = self._reader
        if self._has_ended or reader is None or reader.is_whole:
            # Nobody asked: what comes next could not be told from it.
            self.abort()
            return
        try:
            reader.feed(data)
        except httpx.RemoteProtocolError as error:
            self._failure = error
            self.abort()
        if reader.unread > _MAX_UNREAD:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Take note that the server says no more."""
        self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the connection is gone."""
        self._end(error)
        if not self.lost.done():
            self.lost.set_result(None)

    def pause_writing(self) -> None:
        """Take note that the server does not keep up."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Take note that it does again."""
        self._is_full = False
        self._wake()

    @property
    def has_ended(self) -> bool:
        """Whether one side closed it."""
        return self._has_ended

    def is_usable(self) -> bool:
        """Tell whether an idle one can have a request, as far as anybody knows."""
        if self._has_ended:
            return False
        # The end may have come, and the loop not have told yet.
        return not _is_readable(self._socket)

    def can_another_follow(self) -> bool:
        """Tell whether the answer was such that another request can be sent."""
        return (
            not self._has_ended
            and self._is_sent
            and self._reader is not None
            and self._reader.can_another_follow
            and not self._transport.get_write_buffer_size()
        )

    async def ask(
        self, request: bytes, reader: AnswerReader, timeouts: Seconds
    ) -> None:
        """Send a request, and read until the reader has the head of the answer.

        Raises:
            httpx.ConnectError: The connection had ended; nothing was sent.
            httpx.TransportError: No answer came, or what came is none.
        """
        if self._has_ended:
            raise httpx.ConnectError("The server hung up before the request.")
        self._reader = reader
        await self._send(request, reader, timeouts)
        while not reader.status:
            if self._failure is not None:
                raise self._failure
            await self._wait(timeouts.get("read"), httpx.ReadTimeout)

    async def read(self, timeouts: Seconds) -> bytes:
        """Return the next bytes of the body; none: it is whole.

        Raises:
            httpx.TransportError: The rest does not come.
        """
        reader = self._reader
        while reader is not None:
            piece = reader.take()
            if piece:
                if self._is_paused and not self._has_ended:
                    self._is_paused = False
                    self._transport.resume_reading()
                return piece
            if reader.is_whole:
                break
            if self._failure is not None:
                raise self._failure
            await self._wait(timeouts.get("read"), httpx.ReadTimeout)
        return b""

    def abort(self) -> None:
        """Close it now, whatever is under way."""
        self._has_ended = True
        self._failure = self._failure or httpx.ReadError("The connection was closed.")
        self._transport.abort()
        self._wake()

    async def _send(
        self, request: bytes, reader: AnswerReader, timeouts: Seconds
    ) -> None:
        self._is_sent = False
        for begin in range(0, len(request), _PIECE):
            self._transport.write(request[begin : begin + _PIECE])
            while self._is_full:
                await self._wait(timeouts.get("write"), httpx.WriteTimeout)
                # A server may refuse a body before it has read it all.
                if reader.status or self.has_ended:
                    return
        self._is_sent = True

    async def _wait(
        self, seconds: float | None, error: type[httpx.TimeoutException]
    ) -> None:
        """Wait until anything happens."""
        waiter: asyncio.Future[bool] = self._loop.create_future()
        self._waiter = waiter
        timer = None
        if seconds is not None:
            timer = self._loop.call_later(seconds, _give_up, waiter)
        try:
            if not await waiter:
                raise error(f"Nothing happened for {seconds:g} s.")
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    def _end(self, error: Exception | None) -> None:
        if self._has_ended:
            self._wake()
            return
        self._has_ended = True
        reader = self._reader
        if reader is not None and not reader.is_whole:
            if error is not None:
                self._failure = httpx.ReadError(str(error))
                self._failure.__cause__ = error
            elif self._is_paused:
                # TLS can end with bytes that it has read and did not pass on.
                self._failure = httpx.ReadError("The end came while nobody read.")
            else:
                try:
                    reader.end()
                except httpx.RemoteProtocolError as missing:
                    self._failure = missing
        self._wake()


def _give_up(waiter: "asyncio.Future[bool]") -> None:
    if not waiter.done():
        waiter.set_result(False)


def _is_readable(peer: socket.socket) -> bool:
    number = peer.fileno()
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
