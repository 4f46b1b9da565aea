"""Whether the client still waits: what nobody waits for is stopped."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from jobwire.gql.transports.presence import WhileConnected


class _Client:
    """A client that leaves on command."""

    def __init__(self) -> None:
        self.leaves = asyncio.Event()
        self.is_looked_at = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    async def _receive(self) -> Message:
        self.is_looked_at.set()
        await self.leaves.wait()
        return {"type": "http.disconnect"}


async def _work(client: _Client, ends: asyncio.Event) -> str:
    with WhileConnected(client.request):
        await ends.wait()
    return "done"


async def test_what_nobody_waits_for_is_stopped() -> None:
    client = _Client()
    working = asyncio.create_task(_work(client, asyncio.Event()))
    await client.is_looked_at.wait()

    client.leaves.set()

    with pytest.raises(ClientDisconnect):
        await working
    assert working.cancelling() == 0


async def test_what_is_waited_for_ends() -> None:
    client, ends = _Client(), asyncio.Event()
    working = asyncio.create_task(_work(client, ends))
    await client.is_looked_at.wait()

    ends.set()

    assert await working == "done"


async def test_nobody_is_looked_after_while_the_answer_is_quick() -> None:
    client, ends = _Client(), asyncio.Event()
    ends.set()

    assert await _work(client, ends) == "done"
    assert not client.is_looked_at.is_set()


async def test_what_is_canceled_otherwise_stays_canceled() -> None:
    client = _Client()
    working = asyncio.create_task(_work(client, asyncio.Event()))
    await client.is_looked_at.wait()

    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
