"""Headers of a request, without the forms of a mapping of all of them.

Starlette's takes several times as long to look for one, and several are looked for in
each request.
"""

from starlette.requests import HTTPConnection


def header(connection: HTTPConnection, name: bytes) -> str | None:
    """Return the first header of a name in lower case; None: there is none."""
    for found, value in connection.scope["headers"]:
        if found == name:
            text: str = value.decode("latin-1")
            return text
    return None


def headers(connection: HTTPConnection, name: bytes) -> list[str]:
    """Return all headers of a name in lower case."""
    given = connection.scope["headers"]
    return [value.decode("latin-1") for found, value in given if found == name]
