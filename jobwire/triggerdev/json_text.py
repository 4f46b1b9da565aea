"""Writing JSON as the official client does: compact, and readable for every parser."""

import json

from jobwire.triggerdev.errors import InvalidOptionError


def encode(option: str, value: object) -> bytes:
    """Write a value.

    Args:
        option: How the error calls the value.
        value: JSON: no NaN, no infinity, no lone surrogates.

    Raises:
        InvalidOptionError: It is not JSON.
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidOptionError(option, f"be JSON ({error})") from error


def is_unicode(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair, which JSON can bring."""
    return text.encode(errors="replace").decode() == text
