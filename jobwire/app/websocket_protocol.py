"""uvicorn's websockets, with a short way out for what thousands get, and limits."""

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.protocol import OPEN

from jobwire.app.connection_terms import terms_of
from jobwire.app.lingering import linger
from jobwire.app.slow_reader import SlowReader

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent

#: FIN, and the opcode of text; a server's frames are not masked (RFC 6455, section 5).
_TEXT = 0x81
_SHORT = 126
_MEDIUM = 2**16
#: Bytes of frames that are held back at most.
_MOST_HELD = 32 * 1024
#: Bytes that are taken apart at once; a frame may have as few as six.
_PIECE = 2 * 1024
#: The seconds within which control frames are counted.
_WINDOW = 10.0
#: Said when there are no words for what is wrong with a handshake.
_NO_HANDSHAKE = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Writes quickly, and reads no more than the application can take.

    A write to a socket is most of what a delivery costs, and of the rest a third is
    machinery that a text for an open socket without extensions does not need. So what
    is sent within one turn of the event loop goes to the socket at once; whatever else
    is sent goes the long way, behind what was held back.

    What comes in is taken apart when the application has taken what came before: as
    frames and messages it would need a hundred times its memory. The limits are those
    of its configuration.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._terms = terms_of(self.config)
        self.close_timeout = self._terms.linger
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._unread = bytearray()
        self._has_hung_up = False
        self._fragments = 0
        self._control_frames = 0
        self._counted_from = 0.0
        #: The answer to the latest ping, while the client takes nothing.
        self._pong = b""
        self._slow_reader: SlowReader

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection whose request has come."""
        super().connection_made(transport)
        self._slow_reader = SlowReader(self.transport, self._terms.stall)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._slow_reader.rest()
        self._unread.clear()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait until the client has read some of what was sent."""
        super().pause_writing()
        self._slow_reader.watch()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._slow_reader.rest()
        if self._pong:
            self.transport.write(self._pong)
            self._pong = b""

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        self._unread += data
        self._read_on()
        if (
            self.conn.handshake_exc is not None
            and not self.handshake_initiated
            and not self.close_sent
        ):
            # uvicorn would leave the refusal lie. It is about to make this the
            # transport's protocol.
            self.handshake_complete = self.close_sent = True
            self.loop.call_soon(self._hang_up, _NO_HANDSHAKE)

    async def receive(self) -> "ASGIReceiveEvent":
        """Give the application the next message."""
        message = await super().receive()
        self._read_on()
        return message

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
            return
        self._write_held()
        await super().send(message)
        if self.close_sent:
            self._slow_reader.watch()
            self._read_on()

    def handle_text(self, event: Frame) -> None:
        """Begin a message."""
        self._fragments = 1
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """Begin a message of bytes."""
        self._fragments = 1
        super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """Go on with a message."""
        self._fragments += 1
        if self._fragments <= self._terms.fragments:
            super().handle_cont(event)
            return
        most = self._terms.fragments
        self._fail(
            CloseCode.POLICY_VIOLATION, f"A message may have at most {most:,} frames"
        )

    def handle_ping(self) -> None:
        """Answer a ping; of several that wait for an answer, the last one."""
        if self._has_hung_up:
            return
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        elif pong:
            self._pong = pong
        self._count_control_frame()

    def handle_pong(self, event: Frame) -> None:
        """Hear that the client lives."""
        super().handle_pong(event)
        self._count_control_frame()

    def send_receive_event_to_app(self) -> None:
        """Hand a whole message to the application."""
        data = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            # The application is past its end, and the client may not know it yet.
            self._count_control_frame()
            return
        if self.curr_msg_data_type == "text":
            try:
                text = data.decode()
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA, "Text must be UTF-8")
                return
            self.queue.put_nowait({"type": "websocket.receive", "text": text})
        else:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_parser_exception(self) -> None:
        """Say what rule was broken, and hang up."""
        close = self.conn.close_sent
        code = CloseCode.ABNORMAL_CLOSURE if close is None else close.code
        reason = "" if close is None else close.reason
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": code, "reason": reason}
        )
        self._hang_up()

    def keepalive_timeout(self) -> None:
        """Close the socket of a client that does not answer."""
        super().keepalive_timeout()
        if self.close_sent and self.close_timer is None:
            self.close_timer = self.loop.call_later(
                self.close_timeout, self.transport.abort
            )

    def _read_on(self) -> None:
        """Take apart what has come, up to what the application has room for."""
        while self._unread and not self.read_paused:
            if self._has_hung_up or self.transport.is_closing():
                self._unread.clear()
                return
            piece = bytes(self._unread[:_PIECE])
            del self._unread[:_PIECE]
            super().data_received(piece)

    def _count_control_frame(self) -> None:
        if self._has_hung_up:
            return
        now = self.loop.time()
        if now - self._counted_from > _WINDOW:
            self._counted_from = now
            self._control_frames = 0
        self._control_frames += 1
        if self._control_frames > self._terms.control_frames:
            self._fail(CloseCode.POLICY_VIOLATION, "Too many control frames")

    def _fail(self, code: CloseCode, reason: str) -> None:
        """Close the socket of a client that breaks a rule."""
        if self._is_open():
            self.conn.fail(code, reason)
            self.handle_parser_exception()
        elif not self.transport.is_closing():
            self.transport.abort()

    def _hang_up(self, without_words: bytes = b"") -> None:
        self.transport.write(b"".join(self.conn.data_to_send()) or without_words)
        self.close_sent = True
        self.stop_keepalive()
        if self.close_timer is not None:
            self.close_timer.cancel()
        self._has_hung_up = True
        self.close_timer = linger(self.transport, self, seconds=self._terms.linger)

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
