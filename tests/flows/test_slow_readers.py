"""Readers that do not read: memory stays flat, and nothing is lost for them."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.models.database import Database
from tests.flows.endpoint import endpoint, subscribe_message, token
from tests.gql.types import MakeJob
from tests.jobs.feed.steps import report

pytestmark = pytest.mark.rows_by_hand("`make_job` gives rows that no event tells of")

WATCH = """subscription { jobListUpdates { __typename
  ... on JobChange { event { jobVersion } job { data } } } }"""
#: What the follower and each queue may hold is 8 MiB.
CHANGES = 150
LENGTH = 300_000
STALLED = 3
MOST_GROWTH = 96
PATIENCE = 90


async def _watch(socket: ClientConnection, number: int) -> None:
    payload = {"token": token()}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    await socket.recv()
    # A document of its own: what waits for one waits for it alone.
    await socket.send(subscribe_message(f"# {number}\n{WATCH}"))
    message = await _next(socket)
    assert message["__typename"] == "StreamCaughtUp"


async def _next(socket: ClientConnection) -> dict[str, Any]:
    message = json.loads(await socket.recv())
    assert message["type"] == "next", message
    result: dict[str, Any] = message["payload"]["data"]["jobListUpdates"]
    return result


def _resident(pid: int) -> float:
    """Return the memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def test_readers_that_do_not_read_cost_no_memory_and_miss_nothing(
    database: Database, make_job: MakeJob, tmp_path: Path
) -> None:
    job = await make_job(status="RUNNING", data=json.dumps("x" * LENGTH))
    with endpoint(str(database.url), tmp_path) as server:

        def connecting() -> connect:
            return connect(
                server.websocket_url,
                subprotocols=[Subprotocol("graphql-transport-ws")],
                max_size=2**24,
                # A message more is not read from the socket.
                max_queue=1,
                compression=None,
            )

        async with (
            asyncio.timeout(PATIENCE),
            Doorbell(database) as bell,
            connecting() as lively,
            connecting() as one,
            connecting() as two,
            connecting() as three,
        ):
            stalled = [one, two, three]
            for number, socket in enumerate((lively, *stalled)):
                await _watch(socket, number)
            before = _resident(server.pid)
            most = before
            for version in range(2, CHANGES + 2):
                async with database.connection() as connection:
                    await report(connection, job.id, current=version)
                bell.ring(Topic.CHANGE)
                assert (await _next(lively))["event"]["jobVersion"] == version
                most = max(most, _resident(server.pid))
            sent = STALLED * CHANGES * LENGTH / 2**20
            told = [
                [(await _next(socket))["event"]["jobVersion"] for _ in range(CHANGES)]
                for socket in stalled
            ]

    assert most - before < MOST_GROWTH < sent
    assert told == [list(range(2, CHANGES + 2))] * STALLED
