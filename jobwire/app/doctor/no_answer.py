"""Why an HTTP request got no answer, and what to do: a table by what lies below it."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class _Reason:
    """What an error means, what happened, and what to do."""

    kind: type[BaseException]
    found: str
    advice: str


#: The first that lies below the error counts.
_REASONS: Sequence[_Reason] = (
    _Reason(
        httpx.ProxyError,
        "the proxy refuses",
        "Correct HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
    ),
    _Reason(
        ssl.SSLError,
        "TLS fails",
        "Trust its certificate (SSL_CERT_FILE), use the name that it is for, and"
        " https only where it is spoken.",
    ),
    _Reason(
        socket.gaierror,
        "its name is not known",
        "Correct the host in the URL, or mend DNS.",
    ),
    _Reason(
        ConnectionRefusedError,
        "nobody listens there: the connection is refused",
        "Start what should listen, or correct host and port in the URL.",
    ),
    _Reason(
        httpx.ConnectTimeout,
        "no connection: packets to it are lost",
        "Look for a firewall between the two; set HTTPS_PROXY where one is needed.",
    ),
    _Reason(
        httpx.TimeoutException,
        "it takes the request, and does not answer in time",
        "Look at its load, and at proxies between the two.",
    ),
    _Reason(
        httpx.TransportError,
        "the connection breaks",
        "Look at proxies between the two, and at whether http or https is spoken.",
    ),
)


def why_no_answer(error: BaseException) -> tuple[str, str]:
    """Return what happened to a request, and what to do."""
    below = list(_below(error))
    for reason in _REASONS:
        for one in below:
            if isinstance(one, reason.kind):
                words = f" ({one})" if str(one) else ""
                return f"{reason.found}{words}", reason.advice
    return str(error) or type(error).__name__, "See what the error says."


def _below(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error down to what caused it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _below(one)
        error = error.__cause__ or error.__context__
