"""Sockets that say nothing, too much, or what no client may say."""

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from tests.attacks.conftest import Attacked
from tests.attacks.held import holding
from tests.attacks.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    HANDSHAKE,
    PATIENCE,
    PING,
    PONG,
    TEXT,
    connection,
    frame,
    text,
)
from tests.attacks.served import UNINITIALISED

FOLLOW = "subscription { jobListUpdates { __typename } }"
VIEWER = "{ viewer { userId } }"
#: MiB that no attack of this module may cost.
MOST = 96


def subscribe(id: str, query: str = FOLLOW) -> bytes:
    return text({"id": id, "type": "subscribe", "payload": {"query": query}})


def complete(id: str) -> bytes:
    return text({"id": id, "type": "complete"})


FRAMES = {
    "a frame that is too long": (frame(TEXT, b" " * 262_145), 1009),
    "ten megabytes": (frame(TEXT, b" " * 10_000_000), 1009),
    "a length of 2⁶³": (b"\x81\xff\x80" + bytes(7) + bytes(4), 1009),
    "fragments that are too long together": (
        frame(TEXT, b" " * 200_000, fin=False) + frame(CONTINUATION, b" " * 62_145),
        1009,
    ),
    "invalid UTF-8": (frame(TEXT, b'{"type": "\xff"}'), 1007),
    "invalid UTF-8 in two frames": (
        frame(TEXT, b"\xf0\x9f", fin=False) + frame(CONTINUATION, b"x"),
        1007,
    ),
    "an encoded surrogate": (frame(TEXT, b"\xed\xa0\xbd"), 1007),
    "bytes": (frame(BINARY, b'{"type":"ping"}'), 4400),
    "an opcode that is none": (frame(3), 1002),
    "a control opcode that is none": (frame(11), 1002),
    "the bit of compression": (frame(TEXT, b"\xab\x56\x2a", bits=0x40), 1002),
    "another reserved bit": (frame(PING, bits=0x10), 1002),
    "a frame without a mask": (b"\x81\x02{}", 1002),
    "a ping of 126 bytes": (frame(PING, bytes(126)), 1002),
    "a ping in fragments": (frame(PING, fin=False), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"{}"), 1002),
    "a message within another": (frame(TEXT, b"{", fin=False) + text({}), 1002),
    "a close within a message": (
        frame(TEXT, b"{", fin=False) + frame(CLOSE, b"\x03\xe8"),
        1002,
    ),
    "half a close code": (frame(CLOSE, b"\x03"), 1002),
    "a close code that may not be sent": (frame(CLOSE, b"\x03\xed"), 1002),
    "a close reason that is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    "a close": (frame(CLOSE, b"\x03\xe8"), 1000),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_frame_that_breaks_a_rule_closes_the_socket_with_its_code(
    attacked: Attacked, name: str
) -> None:
    sent, expected = FRAMES[name]
    async with connection(attacked.port) as client:
        await client.initialise()
        await client.send(sent)

        code, reason = await client.closed()
        assert await client.rest() == b""
    assert code == expected
    assert len(reason.encode()) <= 123


async def test_the_longest_message_may_come_in_many_frames(attacked: Attacked) -> None:
    message = text({"type": "ping"})[6:].ljust(262_144)
    parts = [message[at : at + 256] for at in range(0, len(message), 256)]
    async with connection(attacked.port) as client:
        await client.initialise()
        for number, part in enumerate(parts, 1):
            is_last = number == len(parts)
            opcode = TEXT if number == 1 else CONTINUATION
            client.write(frame(opcode, part, fin=is_last))

        assert await client.message() == {"type": "pong"}
    assert len(parts) == 1_024


async def test_compression_is_not_agreed_on(attacked: Attacked) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    async with connection(attacked.port) as client:
        answer = await client.upgrade(offer)

    assert answer.status == 101
    assert "sec-websocket-extensions" not in answer.headers


@pytest.mark.parametrize(
    ("was", "now", "status"),
    [
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", 400),
        ("Version: 13", "Version: 12", 400),
        ("GET", "POST", 405),
        ("/graphql", "/elsewhere", 403),
        ("/graphql", "/livez", 403),
        ("/graphql", "/page/../x", 403),
        ("Host: attack", "Host: attack\r\nOrigin: https://evil.example", 403),
    ],
)
async def test_a_handshake_that_is_none_is_refused(
    attacked: Attacked, was: str, now: str, status: int
) -> None:
    assert was in HANDSHAKE
    async with connection(attacked.port) as client:
        await client.send(f"{HANDSHAKE.replace(was, now)}\r\n".encode())

        assert (await client.answer()).status == status
        assert await client.rest() == b""


FLOODS = {
    "pings": (frame(PING, bytes(125)) * 2_000, 1008),
    "pongs": (frame(PONG) * 2_000, 1008),
    "empty continuations": (
        frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 300_000,
        1008,
    ),
    "fragments of a byte": (
        frame(TEXT, b"{", fin=False) + frame(CONTINUATION, b" ", fin=False) * 100_000,
        1008,
    ),
    "empty messages": (frame(TEXT) * 100_000, 4400),
    "messages after the end": (frame(TEXT) + text({"type": "ping"}) * 100_000, 4400),
    "handshakes": (text({"type": "connection_init"}) * 10_000, 4429),
}


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_ends_the_socket(
    attacked: Attacked, grown: Callable[[], float], name: str
) -> None:
    data, expected = FLOODS[name]
    async with connection(attacked.port) as client:
        await client.initialise()
        sending = asyncio.create_task(client.send(data))
        code, _ = await client.closed()
        await attacked.is_well()
        assert grown() < MOST
        sending.cancel()
    assert code == expected


@pytest.mark.parametrize(
    "data",
    [
        text({"type": "ping"}) * 10_000,
        text({"type": "ping", "payload": {"x": "y" * 1_000}}) * 5_000,
        b"".join(subscribe(str(number), VIEWER) for number in range(20_000)),
    ],
    ids=["small pings", "large pings", "operations"],
)
async def test_who_asks_and_does_not_read_costs_no_memory(
    attacked: Attacked, grown: Callable[[], float], data: bytes
) -> None:
    files = attacked.sockets
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as clients:
        for _ in range(40):
            client = await clients.enter_async_context(connection(attacked.port))
            await client.initialise()
            client.pause()
            client.write(data)
        until = loop.time() + 1
        while loop.time() < until:
            await attacked.is_well()
            assert grown() < MOST / 2
    await attacked.until_few_sockets(files + 5)


async def test_ten_thousand_subscriptions_of_one_socket_are_a_hundred(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    count = 10_000
    async with connection(attacked.port) as client:
        await client.initialise()
        client.write(b"".join(subscribe(str(number)) for number in range(count)))
        refused = 0
        while refused < count - 100:
            message = await client.message()
            if message["type"] == "error":
                refused += 1
                assert len(json.dumps(message)) < 300
                [error] = message["payload"]
                assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
            if refused % 2_500 == 1:
                await attacked.is_well()
                assert grown() < MOST
        await client.say({"type": "ping"})
        while (message := await client.message())["type"] != "pong":
            assert message["type"] == "next"
        client.write(complete("0") + subscribe("0", VIEWER))
        while (message := await client.message())["id"] != "0":
            pass
        assert message["payload"]["data"]["viewer"] == {"userId": "user-1"}


async def test_operations_that_are_stopped_at_once_cost_no_more_than_others(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    pairs = b"".join(subscribe(f"a{n}") + complete(f"a{n}") for n in range(1_500))
    async with connection(attacked.port) as client:
        await client.initialise()
        client.write(pairs + text({"type": "ping"}))
        await attacked.is_well()
        while (await client.message())["type"] != "pong":
            pass
        assert grown() < MOST
        client.write(subscribe("1", VIEWER))
        while (await client.message())["id"] != "1":
            pass


async def test_sockets_that_say_nothing_keep_nobody_out(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    count = 2 * UNINITIALISED
    files = attacked.sockets
    async with AsyncExitStack() as clients:
        silent = []
        for _ in range(count):
            client = await clients.enter_async_context(connection(attacked.port))
            client.write(f"{HANDSHAKE}\r\n".encode())
            silent.append(client)
        async with connection(attacked.port) as somebody:
            await somebody.initialise()
            await somebody.send(subscribe("1", VIEWER))
            assert (await somebody.message())["id"] == "1"
        await attacked.is_well()
        assert grown() < 2 * MOST
        for client in silent:
            assert (await client.answer()).status == 101
            assert await client.closed() == (4408, "Connection initialisation timeout")
        await attacked.until_few_sockets(files + 5)


async def _accept(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "websocket"
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def test_a_client_that_has_vanished_is_found_by_a_ping() -> None:
    async with holding(_accept, ping=0.1) as held, asyncio.timeout(PATIENCE):
        with socket.create_connection(("127.0.0.1", held.port)) as client:
            client.sendall(f"{HANDSHAKE}\r\n".encode())
            while held.connections == 0:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            await held.until_free()
            got = client.recv(4096)

    assert got.endswith(b"\x88\x18\x03\xf3keepalive ping timeout")


async def test_pongs_that_nobody_reads_do_not_pile_up() -> None:
    loop = asyncio.get_running_loop()
    count = 100_000
    async with holding(_accept, control_frames=2 * count) as held:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", held.port))
            client.settimeout(0)
            pings = b"".join(frame(PING, b"%0125d" % n) for n in range(count))
            await loop.sock_sendall(client, f"{HANDSHAKE}\r\n".encode())
            assert b" 101 " in await loop.sock_recv(client, 4096)
            await loop.sock_sendall(client, pings)
            [server] = held.server.server_state.connections
            left = server.transport.get_write_buffer_size()
            got = b""
            async with asyncio.timeout(PATIENCE):
                while not got.endswith(b"%0125d" % (count - 1)):
                    part = await loop.sock_recv(client, 65_536)
                    assert part
                    got = got[-200:] + part

    assert 0 < left < 256 * 1024 < len(pings)


WATCH = """subscription { jobListUpdates { __typename
  ... on JobChange { job { data } } } }"""
SCHEDULE = """mutation ($data: JSON) { scheduleJob(
  input: {type: "profile-csv", tag: "large", data: $data}) { errors { code } } }"""
#: Of each job, and of how many.
LENGTH, JOBS = 400_000, 30


async def test_a_hundred_streams_that_nobody_reads_cost_no_memory(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    async with (
        connection(attacked.port) as client,
        httpx.AsyncClient(base_url=attacked.url, timeout=PATIENCE) as http,
    ):
        await client.initialise()
        # Documents that differ: what waits for one stream waits for it alone.
        client.write(b"".join(subscribe(str(n), f"# {n}\n{WATCH}") for n in range(100)))
        for _ in range(100):
            assert (await client.message())["type"] == "next"
        client.pause()
        for _ in range(JOBS):
            answer = await http.post(
                "/graphql",
                json={"query": SCHEDULE, "variables": {"data": {"text": "y" * LENGTH}}},
                headers={"authorization": "Bearer alice"},
            )
            assert answer.json()["data"]["scheduleJob"]["errors"] == []
            assert grown() < 3 * MOST
        await attacked.is_well()
    assert 100 * JOBS * LENGTH / 2**20 > 6 * MOST
