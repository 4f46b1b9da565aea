"""Ids: UUIDv7 inside, TypeIDs (a prefix and Crockford's base32) outside."""

import os
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

JOB_PREFIX = "job"
BULK_OPERATION_PREFIX = "blk"
EVENT_PREFIX = "evt"
SCHEDULE_PREFIX = "sch"
NOTIFICATION_PREFIX = "ntf"
API_KEY_PREFIX = "key"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: Ten bits as letters, in a table that stays in the cache of a core.
_PAIRS = tuple(map("".join, product(_ALPHABET, repeat=2)))
_FORTY_BITS = (1 << 40) - 1
#: Letters as the digits that `int` reads, and all other ASCII as none of them.
_DIGITS = dict.fromkeys(range(128), "!") | str.maketrans(
    _ALPHABET, "0123456789abcdefghijklmnopqrstuv"
)
_SUFFIX_LENGTH = 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def new_id(now: datetime) -> UUID:
    """Make a UUIDv7 (RFC 9562, section 5.7) of the millisecond of `now`."""
    random = int.from_bytes(os.urandom(10), "big")
    rand_a = random >> 68
    rand_b = random & ((1 << 62) - 1)
    return UUID(
        int=milliseconds(now) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    )


def milliseconds(instant: datetime) -> int:
    """Count the whole milliseconds from 1970 to an instant."""
    return (instant - _EPOCH) // _MILLISECOND


def created_at(id: UUID) -> datetime:
    """Return the millisecond that a UUIDv7 was made in."""
    return _EPOCH + (id.int >> 80) * _MILLISECOND


def smallest_id(instant: datetime) -> UUID:
    """Return a lower bound of all ids made at or after an instant."""
    whole = milliseconds(instant)
    if _EPOCH + whole * _MILLISECOND < instant:
        whole += 1
    return UUID(int=max(whole, 0) << 80)


def type_id(prefix: str, id: UUID) -> str:
    """Write a UUID as a TypeID, e.g. `job_01jdx…`."""
    value, pair = id.int, _PAIRS
    high, middle, low = value >> 80, value >> 40 & _FORTY_BITS, value & _FORTY_BITS
    return (
        f"{prefix}_{pair[high >> 40]}{pair[high >> 30 & 1023]}"
        f"{pair[high >> 20 & 1023]}{pair[high >> 10 & 1023]}{pair[high & 1023]}"
        f"{pair[middle >> 30]}{pair[middle >> 20 & 1023]}"
        f"{pair[middle >> 10 & 1023]}{pair[middle & 1023]}"
        f"{pair[low >> 30]}{pair[low >> 20 & 1023]}"
        f"{pair[low >> 10 & 1023]}{pair[low & 1023]}"
    )


def parse_type_id(prefix: str, text: str) -> UUID:
    """Read a TypeID with the given prefix.

    Raises:
        ValueError: It has another prefix, or its suffix is not base32 of a UUID.
    """
    found, _, suffix = text.rpartition("_")
    if found != prefix or len(suffix) != _SUFFIX_LENGTH or not suffix.isascii():
        raise ValueError(text)
    # Above 2**128 it is no UUID, which says so.
    return UUID(int=int(suffix.translate(_DIGITS), base=32))


def job_id_text(id: UUID) -> str:
    """Write the public id of a job."""
    return type_id(JOB_PREFIX, id)


def bulk_operation_id_text(id: UUID) -> str:
    """Write the public id of a bulk operation."""
    return type_id(BULK_OPERATION_PREFIX, id)


def schedule_id_text(id: UUID) -> str:
    """Write the public id of a job schedule."""
    return type_id(SCHEDULE_PREFIX, id)


def parse_job_id(text: str) -> UUID:
    """Read the id of a job: its public id, or the bare UUID.

    Raises:
        ValueError: It is neither.
    """
    if text.startswith(f"{JOB_PREFIX}_"):
        return parse_type_id(JOB_PREFIX, text)
    return UUID(text)


def parse_schedule_id(text: str) -> UUID:
    """Read the id of a job schedule: its public id, or the bare UUID.

    Raises:
        ValueError: It is neither.
    """
    if text.startswith(f"{SCHEDULE_PREFIX}_"):
        return parse_type_id(SCHEDULE_PREFIX, text)
    return UUID(text)
