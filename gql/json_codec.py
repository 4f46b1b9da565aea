"""JSON on the wire: read strictly, written so that it never fails."""

import json
import math
import re
from typing import Any, NoReturn

#: Digits of one number.
MAX_DIGITS = 1_000
#: Levels of nested arrays and objects in one text.
MAX_LEVELS = 128

_SEPARATORS = (",", ":")
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
        reason = f"It is not JSON: {error.msg} at character {error.pos}."
    except RecursionError:
        reason = f"It is nested too deeply; at most {MAX_LEVELS} levels are allowed."
    raise MalformedJSONError(reason)


def encode(value: Any) -> str:
    """Write JSON text that UTF-8 can hold, without spaces."""
    text = json.dumps(value, ensure_ascii=False, separators=_SEPARATORS)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A client's own lone surrogate comes back to it in an error.
        return json.dumps(value, separators=_SEPARATORS)
    return text


def _read(text: str) -> Any:
    if _LONG.search(text):
        # Only numbers come to these.
        value = json.loads(
            text, parse_constant=_refuse, parse_int=_integer, parse_float=_fraction
        )
    else:
        value = json.loads(text, parse_constant=_refuse, parse_float=_fraction)
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
