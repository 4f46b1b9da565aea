"""The last answer on a connection: whole at once, and ended when it could be read."""

import asyncio

from starlette.responses import PlainTextResponse

from jobwire.asgi import closing
from jobwire.asgi.closing import Closing
from tests.asgi.exchange import Exchange


async def test_the_answer_is_whole_before_the_rest_of_the_request_is_dropped() -> None:
    exchange = Exchange([b"a", b"b", b"c"])

    await exchange.answered(Closing(PlainTextResponse("no", 413)))

    (_, start), (whole_at, body), (ended_at, end) = exchange.sent
    headers = dict(start["headers"])
    assert headers[b"connection"] == b"close"
    assert headers[b"content-length"] == b"2"
    assert (whole_at, body["body"], body["more_body"]) == (0, b"no", True)
    assert (ended_at, end["body"], end["more_body"]) == (3, b"", False)


async def test_a_client_that_goes_on_for_long_is_not_listened_to() -> None:
    exchange = Exchange([b"a"], is_endless=True)

    async with asyncio.timeout(5):
        await exchange.answered(Closing(PlainTextResponse("no"), patience=0.02))

    assert not exchange.sent[-1][1]["more_body"]


async def test_of_a_client_that_sends_very_much_only_so_much_is_taken() -> None:
    part = bytes(closing.MOST // 4)
    exchange = Exchange([part] * 8)

    await exchange.answered(Closing(PlainTextResponse("no")))

    assert exchange.taken == 4
