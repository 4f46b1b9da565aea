"""The object store: URLs that are signed for a while, and what they lead to.

A URL is for one method and one path. It needs no key, which it never sees.
"""

import hashlib
import hmac
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator import packets
from jobwire.emulator.api.server import ApiServer, server_of

PREFIX = "/objects/"
_VALID_MS = 60 * 60 * 1000
_REFUSED = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
)
_MISSING = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code></Error>'


def presigned(request: Request, method: str, path: str) -> str:
    """Return a URL that leads to a path of the store for an hour."""
    server = server_of(request)
    expires = str(server.now_ms + _VALID_MS)
    query = urlencode(
        {"expires": expires, "signature": _signature(server, method, path, expires)}
    )
    base = str(request.base_url).rstrip("/")
    return f"{base}{PREFIX}{quote(path)}?{query}"


async def get_object(request: Request) -> Response:
    """Hand out what is at a path."""
    if not _is_signed(request):
        return Response(_REFUSED, 403, media_type="application/xml")
    connection = server_of(request).state.connection
    found = packets.find(connection, request.path_params["path"])
    if found is None:
        return Response(_MISSING, 404, media_type="application/xml")
    media_type, body = found
    return Response(body, headers={"content-type": media_type})


async def put_object(request: Request) -> Response:
    """Keep what is put to a path."""
    if not _is_signed(request):
        return Response(_REFUSED, 403, media_type="application/xml")
    body = await request.body()
    media_type = request.headers.get("content-type", "application/octet-stream")
    with server_of(request).state.transaction() as connection:
        packets.keep(connection, request.path_params["path"], media_type, body)
    return Response(status_code=200)


def _is_signed(request: Request) -> bool:
    server, given = server_of(request), request.query_params
    expires = given.get("expires", "")
    if not expires.isdecimal() or int(expires) < server.now_ms:
        return False
    path = request.path_params["path"]
    expected = _signature(server, request.method, path, expires)
    return hmac.compare_digest(given.get("signature", "").encode(), expected.encode())


def _signature(server: ApiServer, method: str, path: str, expires: str) -> str:
    signed = f"{method}\n{path}\n{expires}".encode()
    return hmac.new(server.secret_key.encode(), signed, hashlib.sha256).hexdigest()
