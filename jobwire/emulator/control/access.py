"""Who may control an emulator: this machine, and whoever brings the secret key."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwire.emulator.api.responses import ApiResponse

_REFUSAL = (
    "The emulator is controlled from its own machine, or with its secret key as the"
    " bearer token."
)
#: A proxy on this machine makes everybody look local.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class Access:
    """Passes on what may be done, and refuses the rest with 403."""

    def __init__(self, app: ASGIApp, *, secret_key: str) -> None:
        self._app = app
        self._bearer = f"Bearer {secret_key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        headers = Headers(scope=scope)
        given = headers.get("authorization", "").encode()
        if hmac.compare_digest(given, self._bearer) or _is_local(scope, headers):
            await self._app(scope, receive, send)
        else:
            await ApiResponse({"error": _REFUSAL}, 403)(scope, receive, send)


def _is_local(scope: Scope, headers: Headers) -> bool:
    """Whether nobody but a program or a page of this machine can have asked.

    A foreign page that a browser shows here is stopped by its origin, and one that
    has its own name lead here by that name.
    """
    client = scope.get("client")
    host = headers.get("host", "")
    origin = headers.get("origin")
    return (
        client is not None
        and _is_loopback(client[0])
        and not any(name in headers for name in _FORWARDED)
        and _is_loopback(urlsplit(f"//{host}").hostname or "")
        and (origin is None or urlsplit(origin).netloc == host)
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
