"""What the head of a request must say, whatever is asked (RFC 9112)."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from jobwire.app.early_answers import RefusedError

#: The versions whose requests are read alike.
_VERSIONS = ("1.1", "1.0")
#: A host and perhaps a port (RFC 3986, section 3.2); empty where there is no host.
_HOST = re.compile(
    rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[A-Za-z0-9:.%_~-]+\])(?::[0-9]*)?"
)


def check_head(version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse what proxies and servers read in two ways.

    It is which host is meant, and where the body ends.

    Args:
        version: Of HTTP.
        headers: Their names in lower case.

    Raises:
        RefusedError: It may be read so.
    """
    hosts = []
    codings = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding":
            codings.append(value.strip().lower())
    if version not in _VERSIONS:
        raise _refused("Only HTTP/1.1 and HTTP/1.0 are spoken here.")
    if len(hosts) > 1 or not (hosts or version == "1.0"):
        raise _refused("A request must have one Host.")
    if hosts and not _HOST.fullmatch(hosts[0]):
        raise _refused("Host must name a host, and perhaps a port.")
    if codings not in ([], [b"chunked"]):
        raise _refused("The only Transfer-Encoding that is understood is chunked.")


def _refused(message: str) -> RefusedError:
    return RefusedError(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message)
