"""Identifiers as Trigger.dev makes them: cuids, which grow with time."""

import secrets
from itertools import count

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
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


def _base36(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
