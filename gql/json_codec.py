"""JSON on the wire: read strictly, written so that it never fails."""

import json
import math
import re
import secrets
from dataclasses import dataclass
from typing import Any, NoReturn

#: Digits of one number.
MAX_DIGITS = 1_000
#: Levels of nested arrays and objects in one text.
MAX_LEVELS = 128

_SEPARATORS = (",", ":")
#: Stands in a text for what is put there as it is. No client can guess it.
_PLACE = secrets.token_hex(16)
_PLACES = re.compile(f'"{_PLACE}"')
#: What a longer number looks like; other text may look so, too. It is looked for where
#: such text begins and nowhere else, which takes time in proportion to the text.
_LONG = re.compile(rf"(?<![-+.\deE])[-+.\deE]{{{MAX_DIGITS + 1}}}", re.ASCII)


class MalformedJSONError(ValueError):
    """Something that was sent as JSON and is none, or none that can be read."""


def decode(text: str | bytes) -> Any:
    """Read JSON text in UTF-8.

    Raises:
        MalformedJSONError: It is not UTF-8, not JSON, holds NaN, Infinity or a number
            beyond those of a double, is nested more than 128 levels deep or has a
            number of more than 1,000 digits.
    """
    try:
        return _read(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError:
        reason = "It is not UTF-8."
    except json.JSONDecodeError as error:
        # Some of Python's messages end with it themselves.
        fault = error.msg.removesuffix(" at")
        reason = f"It is not JSON: {fault} at character {error.pos}."
    except RecursionError:
        reason = f"It is nested too deeply; at most {MAX_LEVELS} levels are allowed."
    raise MalformedJSONError(reason)


@dataclass(frozen=True, slots=True)
class Written:
    """A value that is there as JSON text, and is written as it is.

    Reading 16 MB only to write them again would hold up the process for seconds.
    """

    text: str


def encode(value: Any) -> str:
    """Write JSON text that UTF-8 can hold, without spaces but in what is `Written`."""
    written: list[str] = []

    def hold(one: Any) -> str:
        if not isinstance(one, Written):
            raise TypeError(f"{type(one).__qualname__} is no JSON.")
        written.append(one.text)
        return _PLACE

    text = json.dumps(value, ensure_ascii=False, separators=_SEPARATORS, default=hold)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A client's own lone surrogate comes back to it in an error.
        written.clear()
        text = json.dumps(value, separators=_SEPARATORS, default=hold)
    if not written:
        return text
    around = _PLACES.split(text)
    pieces = [around[0]]
    for one, behind in zip(written, around[1:], strict=True):
        pieces += (one, behind)
    return "".join(pieces)


def _read(text: str) -> Any:
    # Only numbers come to those who count digits.
    is_long = len(text) > MAX_DIGITS and _LONG.search(text)
    value = (_CAREFUL if is_long else _USUAL).decode(text)
    # As many brackets as levels are needed at least, and counting them is quick.
    if text.count("[") + text.count("{") > MAX_LEVELS:
        _limit_levels(value)
    return value


def _limit_levels(value: Any) -> None:
    levels, inner = 0, [value]
    while inner := [one for one in inner if isinstance(one, list | dict)]:
        levels += 1
        if levels > MAX_LEVELS:
            raise MalformedJSONError(
                f"It is nested more than {MAX_LEVELS} levels deep."
            )
        inner = [
            member
            for one in inner
            for member in (one.values() if isinstance(one, dict) else one)
        ]


def _integer(digits: str) -> int:
    _limit_digits(digits)
    return int(digits)


def _fraction(digits: str) -> float:
    _limit_digits(digits)
    value = float(digits)
    if not math.isfinite(value):
        # It would be written as Infinity.
        raise MalformedJSONError("It has a number beyond 1.7e308.")
    return value


def _limit_digits(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise MalformedJSONError(
            f"It has a number of {len(digits):,} digits; at most {MAX_DIGITS:,} are"
            " allowed."
        )


def _refuse(constant: str) -> NoReturn:
    raise MalformedJSONError(f"JSON has no {constant}.")


_USUAL = json.JSONDecoder(parse_constant=_refuse, parse_float=_fraction)
_CAREFUL = json.JSONDecoder(
    parse_constant=_refuse, parse_int=_integer, parse_float=_fraction
)
