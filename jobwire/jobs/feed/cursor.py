"""Cursors: positions in the commit-ordered log, opaque and signed."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from jobwire.jobs.errors import InvalidCursorError
from jobwire.jobs.feed.snapshot import Snapshot

#: The longest cursor, in characters.
MAX_LENGTH = 512

_VERSION = 1
_SIGNATURE_BYTES = 16
_EPOCH_BYTES = 16
_SHIFT = 7
_LAST_BYTE = 0x80
# Two snapshots of this many transactions stay within the longest cursor: each takes at
# most three bytes, unless thousands of ids lie between neighbours.
_MOST_IN_PROGRESS = 40
_MAX_BYTES = MAX_LENGTH * 3 // 4


@dataclass(frozen=True, slots=True)
class Position:
    """Which events a reader has been given.

    All that `base` sees, and of the read that led from `base` to `target` those up to
    `last_id`. Ids rise within such a read in the order in which it is handed out.

    Attributes:
        epoch: The epoch of the log.
        base: The snapshot up to which everything was given.
        target: The snapshot of the read that was being handed out; None: between reads.
        last_id: The last event of that read which was given.
    """

    epoch: UUID
    base: Snapshot
    target: Snapshot | None = None
    last_id: int = 0

    def has(self, xid: int, id: int) -> bool:
        """Whether an event was given."""
        if self.base.contains(xid):
            return True
        return (
            self.target is not None and id <= self.last_id and self.target.contains(xid)
        )


class CursorCodec:
    """Writes positions as cursors and reads them back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, position: Position) -> str:
        """Write a cursor of at most 512 characters.

        With very many transactions in progress the position is coarsened to an older
        one: a reader may meet events again, told apart by their versions, and misses
        none.
        """
        most = _MOST_IN_PROGRESS
        while True:
            body = _pack(position, most)
            if len(body) + _SIGNATURE_BYTES <= _MAX_BYTES:
                break
            most //= 2
        signed = body + self._signature(body)
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def decode(self, cursor: str) -> Position:
        """Read a cursor.

        Raises:
            InvalidCursorError: It was not written under this key.
        """
        if len(cursor) > MAX_LENGTH:
            raise InvalidCursorError(f"it is longer than {MAX_LENGTH} characters")
        try:
            signed = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
        except ValueError:
            raise InvalidCursorError("it is not base64url") from None
        body, signature = signed[:-_SIGNATURE_BYTES], signed[-_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(body)):
            raise InvalidCursorError("its signature is wrong")
        if body[0] != _VERSION:
            raise InvalidCursorError(f"its format is {body[0]}, not {_VERSION}")
        return _unpack(body)

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)[:_SIGNATURE_BYTES]


def _pack(position: Position, most: int) -> bytes:
    body = bytearray([_VERSION])
    body += position.epoch.bytes
    base = position.base.coarsened(most)
    body += _numbers(base)
    if position.target is not None:
        body += _varint(position.last_id)
        body += _numbers(position.target.coarsened(most))
    return bytes(body)


def _unpack(body: bytes) -> Position:
    epoch = UUID(bytes=body[1 : 1 + _EPOCH_BYTES])
    numbers = _read(body[1 + _EPOCH_BYTES :])
    base = _snapshot(numbers)
    last_id = next(numbers, None)
    if last_id is None:
        return Position(epoch, base)
    return Position(epoch, base, _snapshot(numbers), last_id)


def _numbers(snapshot: Snapshot) -> bytes:
    """Write a snapshot as differences, which are small."""
    written = bytearray(_varint(snapshot.xmin))
    written += _varint(snapshot.xmax - snapshot.xmin)
    written += _varint(len(snapshot.in_progress))
    before = snapshot.xmin
    for xid in snapshot.in_progress:
        written += _varint(xid - before)
        before = xid
    return bytes(written)


def _snapshot(numbers: Iterator[int]) -> Snapshot:
    xmin = next(numbers)
    xmax = xmin + next(numbers)
    in_progress = []
    xid = xmin
    for _ in range(next(numbers)):
        xid += next(numbers)
        in_progress.append(xid)
    return Snapshot(xmin, xmax, tuple(in_progress))


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >= _LAST_BYTE:
        written.append(number & (_LAST_BYTE - 1) | _LAST_BYTE)
        number >>= _SHIFT
    written.append(number)
    return bytes(written)


def _read(body: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in body:
        number |= (byte & (_LAST_BYTE - 1)) << shift
        shift += _SHIFT
        if byte < _LAST_BYTE:
            yield number
            number = shift = 0
