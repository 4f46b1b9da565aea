"""Identifiers as Trigger.dev makes them: cuids, which grow with time."""

import secrets
import string
from itertools import count

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_CLEAR = "123456789abcdefghijkmnopqrstuvwxyz"
_CLEAR_LENGTH = 21
_NANOID_ALPHABET = string.digits + string.ascii_letters
_NANOID_LENGTH = 24
_RANDOM_LENGTH = 12
_COUNTER_LENGTH = 4
_TIME_LENGTH = 8

_counter = count()


def new_cuid(now: int) -> str:
    """Make an identifier of 25 characters from an instant in milliseconds.

    Those of one process and one millisecond ascend too.
    """
    ordinal = next(_counter) % len(_ALPHABET) ** _COUNTER_LENGTH
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return f"c{_base36(now, _TIME_LENGTH)}{_base36(ordinal, _COUNTER_LENGTH)}{tail}"


def new_clear_id() -> str:
    """Make an identifier of 21 characters of which none looks like another."""
    return "".join(secrets.choice(_CLEAR) for _ in range(_CLEAR_LENGTH))


def new_nanoid() -> str:
    """Make a random identifier of 24 characters, such as keys that nobody gave."""
    return "".join(secrets.choice(_NANOID_ALPHABET) for _ in range(_NANOID_LENGTH))


def _base36(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
