"""The sending side of a socket, over a server that makes it wait."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from jobwire.gql.transports.outgoing import Outgoing


class Server:
    """Takes messages at once while it is open, else when it opens."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.lost: Exception | None = None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.open.wait()
        if self.lost:
            raise self.lost
        self.taken.append(message.get("text") or str(message["code"]))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def given_up() -> list[bool]:
    return []


@pytest.fixture
def outgoing(server: Server, given_up: list[bool]) -> Outgoing:
    return Outgoing(server.send, stall=60, give_up=lambda: given_up.append(True))


async def test_what_the_server_takes_at_once_is_sent_without_a_task(
    server: Server, outgoing: Outgoing
) -> None:
    tasks = len(asyncio.all_tasks())

    assert outgoing.offer("a")
    assert outgoing.offer("b")

    assert server.taken == ["a", "b"]
    assert len(asyncio.all_tasks()) == tasks


async def test_what_the_server_makes_wait_is_sent_later_and_nothing_is_taken_meanwhile(
    server: Server, outgoing: Outgoing
) -> None:
    server.open.clear()

    assert outgoing.offer("a")
    assert not outgoing.offer("b")
    sending = asyncio.create_task(outgoing.send("c"))
    await asyncio.sleep(0)
    assert server.taken == []
    server.open.set()
    await sending

    assert server.taken == ["a", "c"]
    assert outgoing.offer("d")
    assert server.taken == ["a", "c", "d"]


async def test_a_server_may_give_any_awaitable(server: Server) -> None:
    outgoing = Outgoing(
        lambda message: asyncio.ensure_future(server.send(message)),
        stall=60,
        give_up=lambda: None,
    )

    await outgoing.send("a")
    await outgoing.send("b")

    assert server.taken == ["a", "b"]


async def test_a_socket_closes_behind_what_is_under_way(
    server: Server, outgoing: Outgoing
) -> None:
    server.open.clear()
    outgoing.offer("a")
    closing = asyncio.create_task(outgoing.close(4400, "reason"))
    await asyncio.sleep(0)
    server.open.set()
    await closing

    assert server.taken == ["a", "4400"]
    assert outgoing.offer("dropped")
    with pytest.raises(WebSocketDisconnect):
        await outgoing.send("refused")
    await outgoing.close(4400, "again")
    assert server.taken == ["a", "4400"]


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize(
    "lost", [BrokenPipeError(), RuntimeError("Unexpected ASGI message")]
)
async def test_a_socket_that_is_lost_takes_nothing_and_says_so(
    server: Server, outgoing: Outgoing, lost: Exception, *, is_open: bool
) -> None:
    server.lost = lost
    if not is_open:
        server.open.clear()
        asyncio.get_running_loop().call_soon(server.open.set)

    with pytest.raises(WebSocketDisconnect):
        await outgoing.send("a")
    assert server.taken == []


async def test_a_client_that_takes_nothing_for_too_long_is_given_up(
    server: Server, given_up: list[bool]
) -> None:
    outgoing = Outgoing(server.send, stall=0.01, give_up=lambda: given_up.append(True))
    server.open.clear()

    with pytest.raises(WebSocketDisconnect):
        await outgoing.send("a")

    assert outgoing.has_stalled
    assert given_up == [True]


async def test_what_is_under_way_ends_with_the_socket(
    server: Server, outgoing: Outgoing, given_up: list[bool]
) -> None:
    server.open.clear()
    outgoing.offer("a")
    outgoing.abandon()
    await outgoing.close(4400, "reason")
    server.open.set()

    assert server.taken == []
    assert given_up == []
