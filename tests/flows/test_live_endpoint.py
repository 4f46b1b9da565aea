"""The endpoint under everything at once, watched by readers that believe nobody.

Sixteen writers, a transaction that stays open, readers that vanish in the middle of a
message and go on at another process, one process that is killed, one that hears no
NOTIFY, and a PostgreSQL that is started again in between: what each reader was told is
compared with the log.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from jobwire.app.postgres import Cluster, acquire
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.flows.endpoint import Endpoint, endpoint, subscribe_message, token
from tests.jobs.feed.steps import move, reconnected, report
from tests.jobs.feed.writers import seeded, write

WRITERS = 16
ROUNDS = 12
JOBS = 12
READERS = 12
PATIENCE = 90

WATCH = """subscription ($after: EventCursor) { jobListUpdates(after: $after) {
  __typename
  ... on JobChange { cursor event { jobId jobVersion toStatus } job { version } }
  ... on StreamCaughtUp { cursor }
  ... on StreamReset { reason }
  ... on StreamClosing { cursor }
} }"""


class Reader:
    """A client that keeps its cursor with what it was told, as one transaction."""

    def __init__(self, endpoints: list[Endpoint], seed: int) -> None:
        self.told: dict[str, list[int]] = defaultdict(list)
        self.restarts = 0
        self.caught_up = asyncio.Event()
        self._endpoints = endpoints
        self._random = seeded(seed)
        self._cursor: str | None = None
        self._ended: set[str] = set()

    async def read(self) -> None:
        """Read until every job has ended."""
        while len(self._ended) < JOBS:
            url = self._random.choice(self._endpoints).websocket_url
            try:
                async with connect(
                    url,
                    subprotocols=[Subprotocol("graphql-transport-ws")],
                    open_timeout=5,
                    compression=None,
                ) as socket:
                    await self._read_from(socket)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                # The process, or the database behind it, is not there at the moment.
                await asyncio.sleep(0.05)

    async def _read_from(self, socket: ClientConnection) -> None:
        payload = {"token": token()}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        await socket.recv()
        await socket.send(subscribe_message(WATCH, after=self._cursor))
        async for text in socket:
            message = json.loads(text)
            if message["type"] != "next":
                return
            assert "errors" not in message["payload"], message
            self._keep(message["payload"]["data"]["jobListUpdates"])
            if len(self._ended) == JOBS:
                return
            if self._random.random() < 0.02:
                self.restarts += 1
                socket.transport.abort()
                return

    def _keep(self, message: dict[str, Any]) -> None:
        kind = message["__typename"]
        assert kind in {"JobChange", "StreamCaughtUp", "StreamClosing"}, message
        self._cursor = message["cursor"]
        if kind == "StreamCaughtUp":
            self.caught_up.set()
        if kind == "JobChange":
            event = message["event"]
            assert message["job"]["version"] >= event["jobVersion"]
            self.told[event["jobId"]].append(event["jobVersion"])
            if event["toStatus"] == "SUCCEEDED":
                self._ended.add(event["jobId"])


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Cluster]:
    bin_dir = request.config.getoption("--postgres-bin")
    settings = {"max_connections": "100"}
    return lambda: acquire(tmp_path / "postgres", bin_dir=bin_dir, settings=settings)


async def _prepare(url: str) -> tuple[Database, list[Job]]:
    await migrate(parse(url))
    database = await Database.open(parse(url), max_size=WRITERS + 4)
    now = FakeClock().now()
    async with database.connection() as connection:
        jobs = [
            await insert_job(connection, now=now, status="RUNNING") for _ in range(JOBS)
        ]
    return database, jobs


async def _storm(
    database: Database, bell: Doorbell, jobs: list[Job], first_seed: int
) -> None:
    seeds = range(first_seed, first_seed + WRITERS)
    await asyncio.gather(
        *[write(database, bell, jobs, seed=seed, rounds=ROUNDS) for seed in seeds]
    )


async def test_every_reader_is_told_what_the_log_holds_once_and_in_order(
    start: Callable[[], Cluster], tmp_path: Path
) -> None:
    cluster = start()
    database, jobs = await _prepare(cluster.url)
    first, second = (tmp_path / name for name in ("first", "second"))
    first.mkdir(), second.mkdir()
    with (
        endpoint(cluster.url, first) as one,
        endpoint(cluster.url, second, JOBWIRE_NOTIFY="false") as deaf,
    ):
        readers = [Reader([one, deaf], seed) for seed in range(READERS)]
        async with (
            asyncio.timeout(PATIENCE),
            Doorbell(database) as bell,
            asyncio.TaskGroup() as tasks,
        ):
            for reader in readers:
                tasks.create_task(reader.read())
            for reader in readers:
                await reader.caught_up.wait()

            await _storm(database, bell, jobs, first_seed=0)
            await asyncio.to_thread(cluster.release)
            cluster = await asyncio.to_thread(start)
            await reconnected(database)
            async with database.transaction() as long_lived:
                await report(long_lived, jobs[0].id, current=1)
                storm = asyncio.create_task(
                    _storm(database, bell, jobs[1:], first_seed=100)
                )
                await asyncio.sleep(0)
                one.kill()
                await asyncio.to_thread(one.start)
                await storm
            async with database.connection() as connection:
                for job in jobs:
                    await move(connection, job, "SUCCEEDED")
            bell.ring(Topic.CHANGE)

        written: dict[str, list[int]] = defaultdict(list)
        async with database.connection() as connection:
            for record in await connection.fetch(
                """SELECT job_id, version FROM job_events
                    WHERE kind <> 'CREATED' ORDER BY job_id, version"""
            ):
                written[job_id_text(record["job_id"])].append(record["version"])
    database.terminate()
    cluster.release()

    assert sum(map(len, written.values())) > WRITERS * ROUNDS
    assert all(reader.restarts for reader in readers)
    for reader in readers:
        assert reader.told == written
