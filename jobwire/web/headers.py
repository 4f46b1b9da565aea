"""The headers that keep browsers from using an answer otherwise than it is meant."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from structlog.contextvars import get_contextvars

from jobwire.asgi.headers import RawHeaders, as_sent
from jobwire.web.request_id import HEADER

#: What every answer says: it is only what its Content-Type says, nobody frames it, and
#: other sites neither load it nor hold a window of it nor learn from where it links.
ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(),"
        " usb=()"
    ),
}
#: What an answer says unless it says otherwise: that of a page or a file does.
UNLESS_SAID: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}


async def internal_error(_: Request, __: Exception) -> Response:
    """Answer where something broke; it comes from outside of all middleware.

    What names the request in the log is still bound.
    """
    request_id: str = get_contextvars().get("request_id", "")
    answer = PlainTextResponse(
        f"Something went wrong here; the log tells more under {request_id}.", 500
    )
    answer.raw_headers = [
        *completed(answer.raw_headers),
        (HEADER, request_id.encode()),
    ]
    return answer


_ALWAYS = dict(as_sent(ALWAYS))
_UNLESS_SAID = dict(as_sent(UNLESS_SAID))


def completed(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with ours, which take the place of its own."""
    own = []
    unsaid = _UNLESS_SAID.copy()
    for name, value in headers:
        if name not in _ALWAYS:
            own.append((name, value))
            unsaid.pop(name, None)
    return [*own, *_ALWAYS.items(), *unsaid.items()]


@lru_cache
def completed_whole(headers: RawHeaders) -> RawHeaders:
    """Return them, as above, of answers that share theirs."""
    return tuple(completed(headers))
