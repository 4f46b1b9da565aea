"""Reading the body of a request, as long as it is neither too large nor too slow."""

from typing import ClassVar

from starlette.requests import ClientDisconnect, Request

from jobwire.asgi.headers import header
from jobwire.asgi.timeouts import Timeout
from jobwire.asgi.whole import WholeRequest

#: How long a body may take, in seconds.
PATIENCE = 30.0
#: As many digits of a Content-Length tell whether it is too large.
_MAX_DIGITS = 10


class BodyRefusedError(Exception):
    """A body that is not read to its end.

    Attributes:
        status: The HTTP status that says so.
    """

    status: ClassVar[int]


class BodyTooLargeError(BodyRefusedError):
    """A body has more bytes than it may have."""

    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(f"The body may have at most {most:,} bytes.")


class BodyTooSlowError(BodyRefusedError):
    """A body took longer than it may take."""

    status = 408

    def __init__(self, within: float) -> None:
        super().__init__(f"The body must come within {within:g} seconds.")


async def read_body(request: Request, *, most: int, within: float = PATIENCE) -> bytes:
    """Read a body; what is declared as too large is not read at all.

    The connection cannot go on after a refusal: answer it `Closing`.

    Args:
        request: Whose body.
        most: How many bytes it may have.
        within: How long it may take, in seconds.

    Raises:
        BodyTooLargeError: It has more bytes.
        BodyTooSlowError: It took longer.
        ClientDisconnect: The client has gone.
    """
    if isinstance(request, WholeRequest):
        if len(request.whole) > most:
            raise BodyTooLargeError(most)
        return request.whole
    declared = header(request, b"content-length")
    if declared and declared.isdecimal() and int(declared[:_MAX_DIGITS]) > most:
        raise BodyTooLargeError(most)
    try:
        with Timeout(within):
            body, has_more = await _part(request)
            while has_more and len(body) <= most:
                part, has_more = await _part(request)
                body += part
    except TimeoutError:
        raise BodyTooSlowError(within) from None
    if len(body) > most:
        raise BodyTooLargeError(most)
    return body


async def _part(request: Request) -> tuple[bytes, bool]:
    """Return the next part, and whether there are more."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)
