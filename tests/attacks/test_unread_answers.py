"""Large answers, and large messages of subscriptions, that nobody reads."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack

import httpx

from tests.attacks.conftest import Attacked
from tests.attacks.raw import PATIENCE, connection, text

SCHEDULE = """mutation ($data: JSON) { scheduleJob(
  input: {type: "profile-csv", tag: "unread", data: $data}) { errors { code } } }"""
READ = """{ jobs(first: 30, filter: {tags: ["unread"]}) { nodes { data } } }"""
WATCH = """subscription {
  jobListUpdates(filter: {tags: ["watched"]}, snapshot: true) {
    ... on JobSnapshot { job { FIELDS } } } }""".replace(
    "FIELDS", " ".join(f"a{number}: data" for number in range(24))
)
#: Of each job, and of how many: an answer has 12 MB.
LENGTH, JOBS = 400_000, 30
#: Clients of either kind.
CLIENTS = 25
#: MiB that they may cost.
MOST = 256


async def ask_and_read_nothing(
    clients: AsyncExitStack,
    attacked: Attacked,
    caller: str,
    query: str,
    headers: Mapping[str, str],
) -> None:
    """Open clients of both kinds, by websocket and by request, that stay open."""
    body = json.dumps({"query": query}).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = (
        f"POST /graphql HTTP/1.1\r\nhost: attack\r\n{head}"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode() + body
    subscribe = text({"id": "1", "type": "subscribe", "payload": {"query": query}})
    for _ in range(CLIENTS):
        socket = await clients.enter_async_context(connection(attacked.port))
        await socket.initialise(caller)
        one = await clients.enter_async_context(connection(attacked.port))
        for client, sent in ((socket, subscribe), (one, request)):
            client.pause()
            client.write(sent)


async def test_large_answers_that_nobody_reads_are_limited(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    headers = {"authorization": "Bearer alice", "content-type": "application/json"}
    body = json.dumps({"query": READ}).encode()

    async with httpx.AsyncClient(
        base_url=attacked.url, timeout=3 * PATIENCE, headers=headers
    ) as http:
        for _ in range(JOBS):
            variables = {"data": {"text": "y" * LENGTH}}
            await http.post(
                "/graphql", json={"query": SCHEDULE, "variables": variables}
            )
        async with AsyncExitStack() as clients:
            await ask_and_read_nothing(clients, attacked, "alice", READ, headers)
            async with asyncio.timeout(6 * PATIENCE):
                while (await http.post("/graphql", content=body)).status_code != 429:
                    assert grown() < MOST
            small = await http.post("/graphql", json={"query": "{ viewer { userId } }"})
            assert small.status_code == 200
            await attacked.is_well()
        async with asyncio.timeout(PATIENCE):
            while (await http.post("/graphql", content=body)).status_code != 200:
                assert grown() < MOST


async def test_large_messages_of_subscriptions_that_nobody_reads_are_limited(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    headers = {"authorization": "Bearer bob", "content-type": "application/json"}
    events = {**headers, "accept": "text/event-stream"}
    body = json.dumps({"query": WATCH}).encode()

    async with httpx.AsyncClient(
        base_url=attacked.url, timeout=3 * PATIENCE, headers=headers
    ) as http:

        async def first_event() -> str:
            asking = http.stream("POST", "/graphql", content=body, headers=events)
            async with asking as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("data: "):
                        return line
            raise AssertionError("nothing was told")

        query = SCHEDULE.replace("unread", "watched")
        variables = {"data": {"text": "y" * LENGTH}}
        await http.post("/graphql", json={"query": query, "variables": variables})
        async with AsyncExitStack() as clients:
            await ask_and_read_nothing(clients, attacked, "bob", WATCH, events)
            async with asyncio.timeout(6 * PATIENCE):
                while "LIMIT_EXCEEDED" not in await first_event():
                    assert grown() < MOST
            small = await http.post("/graphql", json={"query": "{ viewer { userId } }"})
            assert small.status_code == 200
            await attacked.is_well()
        async with asyncio.timeout(PATIENCE):
            while "LIMIT_EXCEEDED" in await first_event():
                assert grown() < MOST
