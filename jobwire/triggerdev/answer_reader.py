"""Reading one HTTP/1.1 answer out of bytes, however the network split them.

Source: RFC 9112, sections 4 to 7 and 9, and RFC 9110, sections 6.4 and 15.2. Where
these leave a choice, the one that cannot mistake one answer for another is taken.
"""

import re
from collections.abc import Callable, Sequence

import httpx

#: The most bytes of a head with the interim answers before it, or of the trailers.
MAX_HEAD = 100 * 1024
#: The most bytes of the line before a chunk, with its extensions.
MAX_CHUNK_LINE = 4 * 1024

_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: ([^\x00\r\n]*))?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_FOLD = re.compile(rb"[ \t]*\r\n[ \t]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\x00\r\n]*)?")
_END_OF_LINE = b"\r\n"
_END_OF_HEAD = b"\r\n\r\n"
_BEGINNING = b"HTTP/1."
_SWITCHING = 101
_FIRST_FINAL = 200
_BODILESS = frozenset({204, 304})

Fields = Sequence[tuple[bytes, bytes]]


class AnswerReader:
    """One answer, as far as its bytes have come.

    Attributes:
        status: The HTTP status; 0: the head is not whole yet.
        reason: What the server calls it.
        fields: The header fields as they came.
        is_whole: Whether all of it is there.
        can_another_follow: Whether the connection is fit for another request then.
        unread: How many bytes of the body nobody has taken.
    """

    def __init__(self, method: str) -> None:
        """Begin with nothing; an answer to `HEAD` has no body."""
        self.status = 0
        self.reason = b""
        self.fields: Fields = ()
        self.is_whole = False
        self.can_another_follow = False
        self.unread = 0
        self._is_bodiless = method == "HEAD"
        self._came = bytearray()
        self._body: list[bytes] = []
        self._step: Callable[[], bool] = self._read_head
        self._searched = 0
        self._head_bytes = 0
        self._left = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            httpx.RemoteProtocolError: This is no answer.
        """
        self._came += data
        while not self.is_whole and self._step():
            pass
        if self.is_whole and self._came:
            # Nothing was asked that these bytes could answer.
            self.can_another_follow = False

    def end(self) -> None:
        """Take note that no more bytes come.

        Raises:
            httpx.RemoteProtocolError: Some are missing.
        """
        if self.is_whole:
            return
        if self._step == self._read_to_the_end:
            self.is_whole = True
        elif self.status:
            raise httpx.RemoteProtocolError("The answer ended within its body.")
        elif self._came:
            raise httpx.RemoteProtocolError("The answer ended within its head.")
        else:
            raise httpx.RemoteProtocolError("The server hung up without an answer.")

    def take(self) -> bytes:
        """Return what of the body has come and was not taken yet."""
        taken = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body.clear()
        self.unread = 0
        return taken

    def _read_head(self) -> bool:
        end = self._came.find(_END_OF_HEAD, self._searched)
        size = len(self._came) - len(_END_OF_LINE) - 1 if end < 0 else end
        if self._head_bytes + size > MAX_HEAD:
            raise httpx.RemoteProtocolError("The head of the answer is too large.")
        if end < 0:
            if not _BEGINNING.startswith(self._came[: len(_BEGINNING)]):
                raise httpx.RemoteProtocolError("This is no answer of HTTP/1.")
            self._searched = max(0, size)
            return False
        head = bytes(self._came[:end])
        del self._came[: end + len(_END_OF_HEAD)]
        self._searched = 0
        self._head_bytes += end + len(_END_OF_HEAD)
        line, _, rest = head.partition(_END_OF_LINE)
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            raise httpx.RemoteProtocolError("The status line cannot be read.")
        fields = _fields(rest)
        status = int(found[2])
        if status == _SWITCHING:
            raise httpx.RemoteProtocolError("The server speaks something else now.")
        if status >= _FIRST_FINAL:
            self.status, self.fields, self.reason = status, fields, found[3] or b""
            self._frame(is_old=found[1] == b"0")
        return True

    def _frame(self, *, is_old: bool) -> None:
        """Find out where the body ends."""
        connection: list[bytes] = []
        codings: list[bytes] = []
        lengths: list[bytes] = []
        kept = {
            b"connection": connection,
            b"transfer-encoding": codings,
            b"content-length": lengths,
        }
        for name, value in self.fields:
            into = kept.get(name.lower())
            if into is not None:
                into += [part.strip(b" \t").lower() for part in value.split(b",")]
        # Two ways to tell where it ends are one too many to trust what follows.
        self.can_another_follow = not (
            is_old or b"close" in connection or (codings and lengths)
        )
        if self._is_bodiless or self.status in _BODILESS:
            self.is_whole = True
        elif codings:
            if codings != [b"chunked"]:
                raise httpx.RemoteProtocolError("The transfer coding is unknown.")
            self._step = self._read_chunk_line
        elif lengths:
            length = lengths[0]
            if _LENGTH.fullmatch(length) is None or set(lengths) != {length}:
                raise httpx.RemoteProtocolError("The content length is no length.")
            self._left = int(length)
            self._step = self._read_counted
            self.is_whole = self._left == 0
        else:
            self.can_another_follow = False
            self._step = self._read_to_the_end

    def _read_counted(self) -> bool:
        self._read_body()
        self.is_whole = self._left == 0
        return False

    def _read_to_the_end(self) -> bool:
        self._left = len(self._came)
        self._read_body()
        return False

    def _read_chunk_line(self) -> bool:
        line = self._line(MAX_CHUNK_LINE)
        if line is None:
            return False
        found = _CHUNK_LINE.fullmatch(line)
        if found is None:
            raise httpx.RemoteProtocolError("The size of a chunk cannot be read.")
        self._left = int(found[1], 16)
        self._head_bytes = 0
        self._step = self._read_chunk if self._left else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        self._read_body()
        if self._left:
            return False
        end = self._came[: len(_END_OF_LINE)]
        if not _END_OF_LINE.startswith(end):
            raise httpx.RemoteProtocolError("A chunk is longer than its size.")
        if end != _END_OF_LINE:
            return False
        del self._came[: len(_END_OF_LINE)]
        self._step = self._read_chunk_line
        return True

    def _read_trailer(self) -> bool:
        line = self._line(MAX_HEAD - self._head_bytes)
        if line is None:
            return False
        self._head_bytes += len(line) + len(_END_OF_LINE)
        if not line:
            self.is_whole = True
        elif _FIELD.fullmatch(line) is None:
            raise httpx.RemoteProtocolError("A trailer cannot be read.")
        return True

    def _line(self, most: int) -> bytes | None:
        """Return the next line without its end; None: it is not whole yet."""
        end = self._came.find(_END_OF_LINE, self._searched)
        size = len(self._came) - 1 if end < 0 else end
        if size > most:
            raise httpx.RemoteProtocolError("A line of the answer is too long.")
        if end < 0:
            self._searched = max(0, size)
            return None
        line = bytes(self._came[:end])
        del self._came[: end + len(_END_OF_LINE)]
        self._searched = 0
        return line

    def _read_body(self) -> None:
        """Read so much of the body as is left of it, and there."""
        piece = bytes(self._came[: self._left])
        if piece:
            del self._came[: len(piece)]
            self._left -= len(piece)
            self._body.append(piece)
            self.unread += len(piece)


def _fields(text: bytes) -> Fields:
    if not text:
        return ()
    if text[:1] in {b" ", b"\t"}:
        raise httpx.RemoteProtocolError("A header field cannot be read.")
    fields = []
    for line in _FOLD.sub(b" ", text).split(_END_OF_LINE):
        found = _FIELD.fullmatch(line)
        if found is None:
            raise httpx.RemoteProtocolError("A header field cannot be read.")
        fields.append((found[1], found[2]))
    return fields
