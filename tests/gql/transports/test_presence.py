"""Whether the client still waits: what nobody waits for is stopped."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from jobwire.asgi.timeouts import MOMENT
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


async def _work(client: _Client, ends: asyncio.Event, *, seconds: float = 60) -> str:
    with WhileConnected(client.request, seconds=seconds):
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


@pytest.mark.parametrize("seconds", [0.02, MOMENT + 0.05])
async def test_what_takes_too_long_is_stopped_though_it_is_waited_for(
    seconds: float,
) -> None:
    client = _Client()

    with pytest.raises(TimeoutError):
        await _work(client, asyncio.Event(), seconds=seconds)

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_who_leaves_when_it_has_taken_too_long_is_too_late() -> None:
    client = _Client()
    loop = asyncio.get_running_loop()

    async def leave_meanwhile() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            client.leaves.set()
            await asyncio.wait({asyncio.create_task(asyncio.sleep(0))})
            left.append(loop.time())

    left: list[float] = []
    with (
        pytest.raises(TimeoutError),
        WhileConnected(client.request, seconds=MOMENT + 0.05),
    ):
        await leave_meanwhile()

    task = asyncio.current_task()
    assert left
    assert task is not None
    assert task.cancelling() == 0
