"""Requests as they are written: no chunks, and nothing between the lines."""

import httpx
import pytest

from jobwire.triggerdev.request_bytes import request_bytes

URL = "https://trigger.test/a%20b?c=d"


def _bytes(method: str, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> bytes:
    stream = httpx.ByteStream(body)
    return request_bytes(
        httpx.Request(method, URL, headers=headers, stream=stream), body
    )


def test_a_request_is_a_head_and_a_counted_body() -> None:
    found = _bytes(
        "POST", [(b"host", b"trigger.test"), (b"Content-Length", b"2")], b"{}"
    )

    assert found == (
        b"POST /a%20b?c=d HTTP/1.1\r\nhost: trigger.test\r\nContent-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize("value", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\0b"])
def test_a_field_with_the_end_of_a_line_is_refused(value: bytes) -> None:
    with pytest.raises(httpx.LocalProtocolError, match="end of a line"):
        _bytes("GET", [(b"name", value)])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-length", b"1")],
        [(b"transfer-encoding", b"chunked")],
        [(b"Transfer-Encoding", b"chunked"), (b"content-length", b"2")],
    ],
)
def test_a_body_without_its_own_length_is_refused(
    headers: list[tuple[bytes, bytes]],
) -> None:
    with pytest.raises(httpx.LocalProtocolError):
        _bytes("POST", headers, b"{}")
