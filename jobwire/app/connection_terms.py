"""On which terms our own server holds connections, before anything is understood."""

from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True)
class ConnectionTerms:
    """How long clients may take, and how much they may send.

    Attributes:
        connections: Connections of this process, of all kinds together.
        head: How long the line and the headers of a request may take, in seconds,
            from the first byte or, of the first request, from the connection on.
        body: How long its body may take then, in seconds. Our own routes are less
            patient, and say why in their own words.
        keep_alive: How long a connection may wait for the next request, in seconds.
        stall: How long a client may take to read 16 KiB of what waits for it, in
            seconds.
        linger: How long a client is listened to, in seconds, after the last word was
            said to it; hung up on at once, it may never read that word.
        ping: How long a websocket may be silent before it is pinged, and how long the
            answer may take, in seconds.
        line_bytes: The longest address of a request, in bytes.
        head_bytes: All headers of a request together, in bytes.
        headers: How many headers a request may have.
        pipelined: How many requests may wait behind one that is being answered.
        control_frames: Pings and pongs of one websocket within ten seconds.
        fragments: How many frames may make up one message.
    """

    connections: int = 20_000
    head: float = 10.0
    body: float = 40.0
    keep_alive: int = 5
    stall: float = 60.0
    linger: float = 5.0
    ping: float = 20.0
    line_bytes: int = 64 * 1024
    head_bytes: int = 64 * 1024
    headers: int = 128
    pipelined: int = 100
    control_frames: int = 1_000
    fragments: int = 1_024


class TermsConfig(uvicorn.Config):
    """A configuration of uvicorn that carries the terms to its protocols.

    Attributes:
        terms: The terms.
        is_leaving: Whether each answer is to be the last one of its connection.
    """

    def __init__(self, app: ASGIApp, terms: ConnectionTerms, **options: Any) -> None:
        self.terms = terms
        self.is_leaving = False
        super().__init__(app, **options)


def is_leaving(config: uvicorn.Config) -> bool:
    """Whether a protocol is to keep no connection for another request."""
    return isinstance(config, TermsConfig) and config.is_leaving


def terms_of(config: uvicorn.Config) -> ConnectionTerms:
    """Return the terms that a protocol is to keep to."""
    return config.terms if isinstance(config, TermsConfig) else ConnectionTerms()
