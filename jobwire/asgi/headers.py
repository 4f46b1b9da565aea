"""Headers as they are sent, without the forms of a mapping of all of them.

Starlette's takes several times as long to look for one, and several are looked for in
each request.
"""

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.types import Scope

#: Headers as they are sent, their names in lower case.
RawHeaders = tuple[tuple[bytes, bytes], ...]


def as_sent(headers: Mapping[str, str]) -> RawHeaders:
    """Return headers as they are sent."""
    return tuple(
        (name.lower().encode(), value.encode()) for name, value in headers.items()
    )


def raw_header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of a name in lower case; None: there is none."""
    for found, value in scope["headers"]:
        if found == name:
            raw: bytes = value
            return raw
    return None


def header(connection: HTTPConnection, name: bytes) -> str | None:
    """Return the text of the first header of a name in lower case, as above."""
    value = raw_header(connection.scope, name)
    return None if value is None else value.decode("latin-1")


def headers(connection: HTTPConnection, name: bytes) -> list[str]:
    """Return all headers of a name in lower case."""
    given = connection.scope["headers"]
    return [value.decode("latin-1") for found, value in given if found == name]
