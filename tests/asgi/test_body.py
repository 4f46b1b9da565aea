"""Bodies that are read, and those that are not."""

import pytest

from jobwire.asgi.body import (
    PATIENCE,
    BodyTooLargeError,
    BodyTooSlowError,
    read_body,
)
from tests.asgi.exchange import Exchange


async def test_a_body_is_read_whole() -> None:
    exchange = Exchange([b"a", b"", b"bc"])

    assert await read_body(exchange.request(), most=3) == b"abc"


async def test_a_body_that_is_declared_as_too_large_is_not_read() -> None:
    for declared in ("4", "99999999999999999999999999"):
        exchange = Exchange([b"abcd"])
        with pytest.raises(BodyTooLargeError, match="at most 3 bytes"):
            await read_body(exchange.request(content_length=declared), most=3)
        assert exchange.taken == 0


async def test_a_body_that_grows_too_large_is_read_no_further() -> None:
    exchange = Exchange([b"ab", b"cd", b"ef"])

    with pytest.raises(BodyTooLargeError):
        await read_body(exchange.request(content_length="no number"), most=3)

    assert exchange.taken == 2


async def test_a_body_must_come_in_time() -> None:
    assert PATIENCE == 30
    exchange = Exchange([b"a"], is_endless=True)

    with pytest.raises(BodyTooSlowError, match=r"within 0\.02 seconds"):
        await read_body(exchange.request(), most=3, within=0.02)
