"""uvicorn's websockets, with a short way for the messages that thousands get."""

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

#: FIN, and the opcode of text; a server's frames are not masked (RFC 6455, section 5).
_TEXT = 0x81
_SHORT = 126
_MEDIUM = 2**16
#: Bytes of frames that are held back at most.
_MOST_HELD = 32 * 1024


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Writes what is sent within one turn of the event loop to the socket at once.

    A write to a socket is most of what a delivery costs, and of the rest a third is
    machinery that a text for an open socket without extensions does not need. Whatever
    else is sent goes the long way, behind what was held back.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: list[bytes] = []
        self._held_bytes = 0

    async def send(self, message: "ASGISendEvent") -> None:
        """Send what the application says."""
        text = message.get("text")
        if (
            isinstance(text, str)
            and self.handshake_complete
            and self.writable.is_set()
            and self._is_open()
        ):
            self._hold(text_frame(text))
        else:
            self._write_held()
            await super().send(message)

    def _hold(self, frame: bytes) -> None:
        if not self._held:
            self.loop.call_soon(self._write_held)
        self._held.append(frame)
        self._held_bytes += len(frame)
        if self._held_bytes >= _MOST_HELD:
            self._write_held()

    def _write_held(self) -> None:
        """Write what is held back, unless the socket was closed meanwhile."""
        if self._held and self._is_open():
            self.transport.write(b"".join(self._held))
        self._held.clear()
        self._held_bytes = 0

    def _is_open(self) -> bool:
        conn = self.conn
        return conn.state is OPEN and not (
            self.close_sent or self.disconnected or conn.extensions
        )


def text_frame(text: str) -> bytes:
    """Write a message as one frame."""
    payload = text.encode()
    length = len(payload)
    if length < _SHORT:
        return bytes((_TEXT, length)) + payload
    if length < _MEDIUM:
        return bytes((_TEXT, 126)) + length.to_bytes(2) + payload
    return bytes((_TEXT, 127)) + length.to_bytes(8) + payload
