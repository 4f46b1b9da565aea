"""The bytes of a request of HTTP/1.1, whose body is never sent in chunks."""

import httpx


def request_bytes(request: httpx.Request, body: bytes) -> bytes:
    """Return a request as it is written.

    Raises:
        httpx.LocalProtocolError: Its head or its length would not be what it seems.
    """
    fields = request.headers.raw
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % field for field in fields]
    head = b"\r\n".join(lines)
    ends = len(lines) - 1
    # A line of the caller's could begin another request.
    if head.count(b"\n") != ends or head.count(b"\r") != ends or b"\0" in head:
        raise httpx.LocalProtocolError("A header field holds the end of a line.")
    names = {name.lower(): value for name, value in fields}
    if b"transfer-encoding" in names:
        raise httpx.LocalProtocolError("Bodies are not sent in chunks.")
    length = names.get(b"content-length")
    if length is None:
        if body:
            raise httpx.LocalProtocolError("A body needs its length.")
    elif length != b"%d" % len(body):
        raise httpx.LocalProtocolError("The length is not that of the body.")
    return b"%s\r\n\r\n%s" % (head, body)
