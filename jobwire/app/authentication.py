"""Who is asking: by token, and in `dev` also whoever sits at this machine."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from jobwire.app.tokens import read_token
from jobwire.gql.transports import Authenticate
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Scope, Viewer

#: A host's own way to find out who asks: takes the connection and, if it wants, the
#: payload of a websocket's `connection_init`; async or not; None: nobody it knows.
HostAuthenticate = Callable[..., Awaitable[Viewer | None] | Viewer | None]

DEV_USER = "dev"

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: Whoever sends one of these is not the one who sits at the other end.
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def by_token(secret: SecretStr, clock: Clock) -> Authenticate:
    """Authenticate by token alone."""

    async def authenticate(
        connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        token = presented_token(connection, params)
        return None if token is None else read_token(secret, token, now=clock.now())

    return authenticate


def by_token_or_loopback(secret: SecretStr | None, clock: Clock) -> Authenticate:
    """Authenticate by token; without one, whoever sits at this machine is `dev`.

    A token that was sent is always checked, and without a secret none is valid: nobody
    becomes `dev` by a token that is wrong or over.
    """

    async def authenticate(
        connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        token = presented_token(connection, params)
        if token is not None:
            if secret is None:
                return None
            return read_token(secret, token, now=clock.now())
        return Viewer(DEV_USER, frozenset(Scope)) if is_local(connection) else None

    return authenticate


def by_host(authenticate: HostAuthenticate) -> Authenticate:
    """Authenticate by a function of the host's, whichever of its forms it has."""
    takes_params = len(inspect.signature(authenticate).parameters) > 1

    async def adapted(
        connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        found = (
            authenticate(connection, params)
            if takes_params
            else authenticate(connection)
        )
        return await found if inspect.isawaitable(found) else found

    return adapted


def presented_token(
    connection: HTTPConnection, params: Mapping[str, Any]
) -> str | None:
    """Return the token of a request or of a `connection_init`.

    It is the value of `Authorization: Bearer …`, as a header or as a member of the
    payload, or the payload's member `token`, bare. None: there is none of these; an
    empty string: there is, but it is no bearer token.
    """
    bare = params.get("token")
    presented = connection.headers.get(
        "authorization", params.get("Authorization", params.get("authorization"))
    )
    if presented is None:
        return None if bare is None else str(bare)
    kind, _, token = str(presented).strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def is_local(connection: HTTPConnection) -> bool:
    """Whether a request comes from this machine and from no other site's page.

    It must come from loopback and through no proxy; name loopback as its host, or any
    site whose name is pointed at loopback could act as the person here; and come from a
    page of this very server, if it comes from a page.
    """
    headers = connection.headers
    if connection.client is None or not _is_loopback(connection.client.host):
        return False
    if any(name in headers for name in _PROXY_HEADERS):
        return False
    host, origin = headers.get("host", ""), headers.get("origin")
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    return _hostname(host) in _LOCAL_NAMES and (origin is None or _is_of(origin, host))


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    # A socket that takes both versions shows IPv4 addresses inside IPv6 ones.
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_loopback
    return parsed.is_loopback


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_of(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc == host
