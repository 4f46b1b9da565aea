"""Relay connections by keyset: page arguments, opaque cursors, page information.

A cursor names the kind of list and the key that the page continues behind, so that it
stays right while rows come and go, and is refused by any other list.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import strawberry

from jobwire.jobs.errors import InvalidCursorError
from jobwire.jobs.queries import MAX_PAGE, Window

K = TypeVar("K")

#: An integer as PostgreSQL's `integer` holds it.
_NUMBER = struct.Struct(">i")
#: An integer as its `bigint` holds it.
_LONG_NUMBER = struct.Struct(">q")
#: A place in the log: a transaction's id as `xid8`, and a `bigint`.
_PLACE = struct.Struct(">Qq")

First = Annotated[
    int | None,
    strawberry.argument(
        description=(
            f"How many items to read from the start, 0 to {MAX_PAGE}. It cannot be"
            " combined with last; when last is given, the default does not apply."
        )
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="Read only items behind this cursor of the same list."
    ),
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description=(
            f"How many items to read from the end, 0 to {MAX_PAGE}. It cannot be"
            " combined with first."
        )
    ),
]
Before = Annotated[
    str | None,
    strawberry.argument(
        description="Read only items ahead of this cursor of the same list."
    ),
]


class DefaultSize(int):
    """The size of a page when the client names none.

    It is told from the same number sent by a client by its type: only a number that
    the client sent contradicts `last`.
    """


class Cursors(Generic[K]):
    """The cursors of one list.

    Args:
        kind: One byte, and the list's owner if there is one.
        pack: Writes a key as bytes.
        unpack: Reads them; raises ValueError or struct.error when they are no key.
    """

    def __init__(
        self,
        kind: bytes,
        pack: Callable[[K], bytes],
        unpack: Callable[[bytes], K],
    ) -> None:
        self._kind = kind
        self._pack = pack
        self._unpack = unpack

    def encode(self, key: K) -> str:
        """Write the cursor of a key."""
        packed = self._kind + self._pack(key)
        return urlsafe_b64encode(packed).rstrip(b"=").decode()

    def decode(self, cursor: str, *, argument: str) -> K:
        """Read a cursor.

        Raises:
            InvalidCursorError: It is not one of this list's, with the argument as path.
        """
        try:
            packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            key = self._unpack(packed.removeprefix(self._kind))
        except (ValueError, struct.error):
            key = None
        if key is None or self.encode(key) != cursor:
            reason = "it belongs to another list, or is no cursor at all"
            raise InvalidCursorError(reason, path=(argument,))
        return key

    def window(
        self,
        *,
        first: int | None,
        after: str | None,
        last: int | None,
        before: str | None,
        default: DefaultSize,
    ) -> Window[K]:
        """Read the page arguments of the list.

        Raises:
            InvalidInputError: Both first and last are given, or one is out of range.
            InvalidCursorError: A cursor is not of this list.
        """
        if last is not None and isinstance(first, DefaultSize):
            first = None
        if first is None and last is None:
            first = default
        return Window(
            first=first,
            last=last,
            after=None if after is None else self.decode(after, argument="after"),
            before=None if before is None else self.decode(before, argument="before"),
        )


@cache
def job_cursors() -> Cursors[UUID]:
    """Return the cursors of lists of jobs, in either order of creation."""
    return Cursors(b"j", lambda key: key.bytes, lambda packed: UUID(bytes=packed))


@cache
def schedule_cursors() -> Cursors[UUID]:
    """Return the cursors of lists of job schedules."""
    return Cursors(b"s", lambda key: key.bytes, lambda packed: UUID(bytes=packed))


@cache
def notification_cursors() -> Cursors[UUID]:
    """Return the cursors of lists of notifications."""
    return Cursors(b"n", lambda key: key.bytes, lambda packed: UUID(bytes=packed))


def attempt_cursors(job_id: UUID) -> Cursors[int]:
    """Return the cursors of the attempts of a job."""
    return _numbered(b"a" + job_id.bytes)


def event_cursors(job_id: UUID) -> Cursors[int]:
    """Return the cursors of the events of a job."""
    return _numbered(b"e" + job_id.bytes)


def log_cursors(job_id: UUID) -> Cursors[int]:
    """Return the cursors of the lines of the log of a job."""
    return Cursors(
        b"l" + job_id.bytes,
        _LONG_NUMBER.pack,
        lambda packed: int(_LONG_NUMBER.unpack(packed)[0]),
    )


@cache
def drift_cursors() -> Cursors[tuple[int, int]]:
    """Return the cursors of the corrections of reconciliation."""
    return Cursors(b"d", lambda key: _PLACE.pack(*key), _unpack_place)


def refusal_cursors(operation_id: UUID) -> Cursors[UUID]:
    """Return the cursors of the refusals of a bulk operation."""
    kind = b"r" + operation_id.bytes
    return Cursors(kind, lambda key: key.bytes, lambda packed: UUID(bytes=packed))


def _unpack_place(packed: bytes) -> tuple[int, int]:
    xid, place = _PLACE.unpack(packed)
    return xid, place


def _numbered(kind: bytes) -> Cursors[int]:
    return Cursors(kind, _NUMBER.pack, lambda packed: int(_NUMBER.unpack(packed)[0]))
