"""JSON as PostgreSQL's `jsonb` accepts it, kept as text until somebody reads it."""

import json
import re
from contextlib import suppress
from typing import Any, NoReturn

from pydantic_core import from_json, to_json

from jobwire.jobs.errors import InvalidInputError, Path

#: The largest `data`, as UTF-8.
MAX_DATA_BYTES = 512 * 1024
#: The largest `result`, as UTF-8.
MAX_RESULT_BYTES = 1024 * 1024


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")


# Made once: making one costs more than a small text.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_refuse)
# An escaped NUL whose backslash is not itself escaped.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_ESCAPED_NUL = r"\u0000"
#: What may stand for something that `jsonb` refuses.
_DOUBTFUL = (_ESCAPED_NUL, "NaN", "Infinity")


def encode(value: Any, *, limit: int, path: Path) -> str:
    """Write a value as JSON text that `jsonb` accepts.

    Args:
        value: Objects with string keys, arrays, strings, finite numbers, booleans
            and null.
        limit: The most bytes that it may take as UTF-8.
        path: Where the value stands in the input, for the refusal.

    Raises:
        InvalidInputError: It is not JSON, is too large, or holds what `jsonb`
            refuses: NaN, Infinity, NUL characters, lone surrogates.
    """
    try:
        text = _ENCODER.encode(value)
        size = len(text.encode())
    except UnicodeEncodeError:
        reason = "it holds a lone surrogate, which is not a character"
    except RecursionError:
        reason = "it is nested too deeply"
    except (TypeError, ValueError) as error:
        reason = str(error)
    else:
        if size > limit:
            reason = f"it takes {size:,} bytes, and at most {limit:,} are allowed"
        elif _NUL.search(text):
            reason = "it holds a NUL character, which PostgreSQL cannot store"
        else:
            return text
    raise InvalidInputError(f"Expected JSON, but {reason}.", path=path)


def storable(value: Any) -> str:
    """Write JSON of somebody else's as text that `jsonb` accepts.

    What PostgreSQL cannot store, NUL characters and lone surrogates, is replaced.

    Raises:
        ValueError: It holds numbers that are none in JSON: NaN, Infinity.
    """
    return _replaced(_ENCODER.encode(value))


def read_storable(body: bytes) -> tuple[Any, str]:
    """Read JSON of somebody else's: UTF-8 and nothing else, without NaN and Infinity.

    Returns:
        The value, and its text as `storable` writes it; both say the same.

    Raises:
        ValueError: It is none, is nested too deeply, or has numbers of more than 4,300
            digits.
    """
    # Both in a fraction of the time; what they may have read or written in another way
    # is read and written anew.
    with suppress(ValueError):
        value = from_json(body, allow_inf_nan=False)
        text = to_json(value).decode()
        if not any(one in text for one in _DOUBTFUL):
            return value, text
    try:
        value = _DECODER.decode(body.decode())
        text = _ENCODER.encode(value)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    stored = _replaced(text)
    return value if stored == text else decode(stored), stored


def _replaced(text: str) -> str:
    readable = text.encode("utf-8", "replace").decode()
    if _ESCAPED_NUL not in readable:
        return readable
    return _NUL.sub(lambda found: found[0][: -len(_ESCAPED_NUL)] + "\ufffd", readable)


def decode(text: str | None) -> Any:
    """Read JSON text; None stays None."""
    return None if text is None else json.loads(text)
