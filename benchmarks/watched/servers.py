"""The servers that are compared, each a process of its own on the first core."""

import asyncio
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import cpu_seconds, free_port, process, serve_jobwire
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import Scope, trusted
from jobwire.models.database import Database

HERE = Path(__file__).parent
NODE = HERE / "node"
WATCH = """subscription { jobListUpdates(filter: {types: ["no-op"]}) {
  __typename ... on JobChange { job {
    id version tag type status isTerminal attemptCount createdAt } } } }"""
WATCH_NODE = """subscription { jobs {
  id version tag type status isTerminal attemptCount createdAt } }"""

Publish = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Server:
    """A server under load.

    Attributes:
        name: What it is called in the report.
        pid: Its process.
        watchers: What its watchers must know.
        publish: Makes so many changes, one right after the other.
    """

    name: str
    pid: int
    watchers: dict[str, Any]
    publish: Publish

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used."""
        return cpu_seconds(self.pid)


@asynccontextmanager
async def jobwire(database_url: str, folder: Path) -> AsyncIterator[Server]:
    """Serve the API of a database; changes are jobs that others schedule."""
    registry, clock = Registry(example_jobs()), SystemClock()
    database = await Database.open(database_url)
    try:
        async with Doorbell(database) as doorbell, database.connection() as connection:

            async def publish(count: int) -> None:
                for _ in range(count):
                    await schedule(
                        connection,
                        ScheduleRequest(
                            type="no-op", tag=f"at-{time.time() * 1000:.3f}"
                        ),
                        registry=registry,
                        viewer=trusted("bench"),
                        now=clock.now(),
                    )
                    doorbell.ring(Topic.CHANGE)

            scopes = [Scope.JOBS_READ]
            with serve_jobwire(database_url, folder, scopes=scopes) as serving:
                yield Server(
                    "Jobwire",
                    serving.pid,
                    {
                        "url": f"ws://127.0.0.1:{serving.port}/graphql",
                        "init": {"token": serving.token},
                        "payload": {"query": WATCH},
                    },
                    publish,
                )
    finally:
        await database.close()


@contextmanager
def graphql_ws() -> Iterator[Server]:
    """Serve with the official server on Node, from memory."""
    port = free_port()
    with process([node(), str(NODE / "server.mjs"), str(port)], {}, port) as pid:
        yield Server(
            "graphql-ws",
            pid,
            {
                "url": f"ws://127.0.0.1:{port}/graphql",
                "init": {},
                "payload": {"query": WATCH_NODE},
            },
            _by_request(port),
        )


@contextmanager
def bare() -> Iterator[Server]:
    """Serve a frame that was made before to every socket."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.watched.bare", str(port)]
    with process(command, {}, port) as pid:
        yield Server(
            "bare Starlette",
            pid,
            {"url": f"ws://127.0.0.1:{port}/graphql"},
            _by_request(port),
        )


def node() -> str:
    """Return the path of Node.js, with what our scripts need installed."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        raise SystemExit("The comparison needs Node.js with npm.")
    if not (NODE / "node_modules").exists():
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=NODE, check=True)
    return found


def _by_request(port: int) -> Publish:
    async def publish(count: int) -> None:
        url = f"http://127.0.0.1:{port}/publish?count={count}"
        await asyncio.to_thread(lambda: urllib.request.urlopen(url).close())

    return publish
