"""Paths of the API: what callers give, as a segment of one."""

from urllib.parse import quote

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.json_text import is_unicode


def segment(option: str, value: str) -> str:
    """Encode one segment of a path, which a URL must not resolve to another one.

    Args:
        option: How the error calls the value.
        value: An id.

    Raises:
        InvalidOptionError: It cannot be an id.
    """
    if value in {"", ".", ".."} or not is_unicode(value):
        raise InvalidOptionError(option, f"be an id, not {value!r}")
    return quote(value, safe="")
