"""JSON on the wire: read strictly, written so that it never fails."""

import json
from typing import Any, NoReturn

_SEPARATORS = (",", ":")


class MalformedJSONError(ValueError):
    """Something that was sent as JSON and is none, or none that can be read."""


def decode(text: str | bytes) -> Any:
    """Read JSON text in UTF-8.

    Raises:
        MalformedJSONError: It is not UTF-8, not JSON, holds NaN or Infinity, is nested
            too deeply or has numbers of more than 4,300 digits.
    """
    try:
        return json.loads(
            text if isinstance(text, str) else text.decode(), parse_constant=_refuse
        )
    except UnicodeDecodeError:
        reason = "It is not UTF-8."
    except json.JSONDecodeError as error:
        reason = f"It is not JSON: {error.msg} at character {error.pos}."
    except RecursionError:
        reason = "It is nested too deeply."
    except MalformedJSONError:
        raise
    except ValueError:
        reason = "It has a number of more than 4,300 digits."
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


def _refuse(constant: str) -> NoReturn:
    raise MalformedJSONError(f"JSON has no {constant}.")
