"""Shards: the least busy one is taken, and more are made when all are busy."""

import asyncio
import gzip

import httpx
import pytest

from jobwire.triggerdev import RateLimit
from jobwire.triggerdev.shards import Shards
from tests.triggerdev.server import FakeTriggerDev

REQUEST = httpx.Request("GET", "https://trigger.test/")


class Held(httpx.AsyncBaseTransport):
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.served = 0
        self.is_closed = False
        self.open = asyncio.Event()

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        self.served += 1
        await self.open.wait()
        return httpx.Response(200, content=b"{}")

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.fixture
def made() -> list[Held]:
    return []


@pytest.fixture
def shards(made: list[Held]) -> Shards:
    def make() -> Held:
        made.append(Held())
        return made[-1]

    return Shards(make, most=3)


async def _send(shards: Shards, count: int) -> list[asyncio.Task[object]]:
    calls = [asyncio.create_task(shards.send(REQUEST)) for _ in range(count)]
    await asyncio.sleep(0)
    return calls


async def _finish(made: list[Held], calls: list[asyncio.Task[object]]) -> None:
    for transport in made:
        transport.open.set()
    await asyncio.gather(*calls)


async def test_one_request_after_another_needs_one_shard(
    shards: Shards, made: list[Held]
) -> None:
    made[0].open.set()
    for _ in range(5):
        await shards.send(REQUEST)

    assert [one.served for one in made] == [5]


async def test_each_request_at_once_gets_a_shard_up_to_the_most(
    shards: Shards, made: list[Held]
) -> None:
    calls = await _send(shards, 3)
    assert [one.served for one in made] == [1, 1, 1]

    calls += await _send(shards, 4)
    assert [one.served for one in made] == [3, 2, 2]
    await _finish(made, calls)


async def test_the_least_busy_shard_is_taken(shards: Shards, made: list[Held]) -> None:
    calls = await _send(shards, 3)
    made[1].open.set()
    await calls[1]

    calls += await _send(shards, 1)

    assert [one.served for one in made] == [1, 2, 1]
    await _finish(made, calls)


async def test_a_request_that_is_canceled_keeps_no_shard_busy(
    shards: Shards, made: list[Held]
) -> None:
    [call] = await _send(shards, 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    calls = await _send(shards, 1)

    assert [one.served for one in made] == [2]
    await _finish(made, calls)


async def test_all_shards_are_closed(shards: Shards, made: list[Held]) -> None:
    await _finish(made, await _send(shards, 3))

    await shards.aclose()

    assert [one.is_closed for one in made] == [True] * 3


async def test_a_body_that_is_compressed_is_read() -> None:
    compressed = httpx.MockTransport(
        lambda _: httpx.Response(
            200,
            headers={"content-encoding": "gzip"},
            stream=httpx.ByteStream(gzip.compress(b"{}")),
        )
    )

    received = await Shards(lambda: compressed, most=1).send(REQUEST)

    assert received.body == b"{}"


async def test_a_client_counts_the_requests_of_all_its_calls(
    make_client, server: FakeTriggerDev
) -> None:
    async with make_client() as client:
        calls = [client.tasks.trigger("hello", {}) for _ in range(40)]
        await asyncio.gather(*calls)

    assert client.requests == len(server.received) == 40
    assert isinstance(client.rate_limit, RateLimit)
