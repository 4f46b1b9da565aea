"""Answers that are given before a request is understood."""

import json
from http import HTTPStatus

from jobwire.web.headers import ALWAYS, UNLESS_SAID

_GUARDS = "".join(
    f"{name.lower()}: {value}\r\n" for name, value in {**ALWAYS, **UNLESS_SAID}.items()
)


class RefusedError(Exception):
    """A request that is not served.

    Attributes:
        answer: The bytes that say so; nothing follows them on the connection.
    """

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        self.answer = _answer(status, code, message)
        super().__init__(message)


def _answer(status: HTTPStatus, code: str, message: str) -> bytes:
    """Write an answer in the shape that GraphQL gives to errors."""
    errors = [{"message": message, "extensions": {"code": code}}]
    body = json.dumps({"errors": errors}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "content-type: application/json; charset=utf-8\r\n"
        f"{_GUARDS}"
        f"content-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body


#: For what cannot be read.
NO_REQUEST = _answer(
    HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This is no request of HTTP/1.1."
)
TOO_SLOW = _answer(
    HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request took too long to come."
)
FULL = _answer(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "UNAVAILABLE",
    "The server holds as many connections as it may; try again in a moment.",
)
