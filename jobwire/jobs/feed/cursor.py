"""Cursors: positions in the log, opaque and signed."""

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
_MAX_BODY_BYTES = MAX_LENGTH * 3 // 4 - _SIGNATURE_BYTES
_SHIFT = 7
_MORE = 0x80


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

    @property
    def reach(self) -> Snapshot:
        """A snapshot that sees every event which was given."""
        return self.target or self.base


class CursorCodec:
    """Writes positions as cursors and reads them back, under one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key, which every process of an installation shares."""
        self._key = key

    def encode(self, position: Position) -> str:
        """Write a cursor of at most 512 characters.

        A position among very many transactions in progress does not fit. It is then
        coarsened to an older one: whoever goes on from it may be given events again,
        to be told by their versions, and misses none.
        """
        most = max(len(position.base.in_progress), len(position.reach.in_progress))
        body = _pack(position, most)
        while len(body) > _MAX_BODY_BYTES:
            most = most * 3 // 4
            body = _pack(position, most)
        signed = body + self._signature(body)
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def decode(self, cursor: str) -> Position:
        """Read a cursor.

        Raises:
            InvalidCursorError: It was not written under this key, or was changed.
        """
        if len(cursor) > MAX_LENGTH:
            raise InvalidCursorError(f"it is longer than {MAX_LENGTH} characters")
        try:
            signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise InvalidCursorError("it is not base64url") from None
        # The decoder passes over foreign letters and idle bits.
        if base64.urlsafe_b64encode(signed).rstrip(b"=").decode() != cursor:
            raise InvalidCursorError("it is not base64url")
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
    body += _numbers(position.base.coarsened(most))
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
    while number >= _MORE:
        written.append(number & (_MORE - 1) | _MORE)
        number >>= _SHIFT
    written.append(number)
    return bytes(written)


def _read(body: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in body:
        number |= (byte & (_MORE - 1)) << shift
        shift += _SHIFT
        if byte < _MORE:
            yield number
            number = shift = 0
