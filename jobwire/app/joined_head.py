"""Sending the head of an answer together with the first of its body.

uvicorn writes them one after the other, and uvloop sends each as it comes: two calls of
the kernel, two packets, and a client that wakes twice.
"""

import asyncio

_END_OF_HEAD = b"\r\n\r\n"


class JoinedHead(asyncio.Transport):
    """A transport that holds a head until its body is written.

    Where that does not come in the same step of the event loop, the head goes alone.

    Args:
        transport: The connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head: bytes | bytearray | memoryview = b""
        self._flushing: asyncio.Handle

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send some bytes, or hold a head for a moment."""
        if self._head:
            self._transport.writelines((self._taken(), data))
        elif data[-4:] == _END_OF_HEAD:
            self._head = data
            self._flushing = asyncio.get_running_loop().call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what is held, unless the client has gone meanwhile."""
        if self._head:
            head = self._taken()
            if not self._transport.is_closing():
                self._transport.write(head)

    def is_closing(self) -> bool:
        """Whether it is closing or closed."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Close it when all is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close it at once; what is not sent is lost."""
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        """How many bytes are written and not sent."""
        return self._transport.get_write_buffer_size() + len(self._head)

    def _taken(self) -> bytes | bytearray | memoryview:
        """Return the head, which is held no longer."""
        head, self._head = self._head, b""
        self._flushing.cancel()
        return head
