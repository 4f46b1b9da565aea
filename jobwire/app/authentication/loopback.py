"""The person at this machine, who needs no token in `dev`."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from jobwire.app.authentication.chain import Asking
from jobwire.jobs.viewer import Scope, Viewer

DEV_USER = "dev"

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: Whoever sends one of these is not the one who sits at the other end.
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def by_loopback(asking: Asking) -> Viewer | None:
    """Take whoever sits at this machine for `dev`, with all scopes.

    Only without a token: nobody becomes `dev` by one that is wrong or over.
    """
    if asking.token is not None or not is_local(asking.connection):
        return None
    return Viewer(DEV_USER, frozenset(Scope))


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
