"""The servers that are compared, each a process of its own on the first core."""

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from jobwire.app.tokens import mint_token
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
SERVER_CORE = 0
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
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def jobwire(database_url: str, folder: Path) -> AsyncIterator[Server]:
    """Serve the API of a database; changes are jobs that others schedule."""
    secret = secrets.token_urlsafe(48)
    port = _free_port()
    environment = {
        "DATABASE_URL": database_url,
        "JOBWIRE_AUTH_SECRET": secret,
        "JOBWIRE_EXAMPLES": "true",
        "JOBWIRE_LOG_DIR": str(folder),
    }
    command = [sys.executable, "-m", "jobwire", "serve", "--port", str(port)]
    registry, clock = Registry(example_jobs()), SystemClock()
    token = mint_token(
        SecretStr(secret),
        user_id="bench",
        scopes=[Scope.JOBS_READ],
        lifetime=timedelta(days=1),
        now=clock.now(),
    )
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

            with _process(command, environment, port) as pid:
                yield Server(
                    "jobwire",
                    pid,
                    {
                        "url": f"ws://127.0.0.1:{port}/graphql",
                        "init": {"token": token},
                        "payload": {"query": WATCH},
                    },
                    publish,
                )
    finally:
        await database.close()


@contextmanager
def graphql_ws() -> Iterator[Server]:
    """Serve with the official server on Node, from memory."""
    port = _free_port()
    with _process([node(), str(NODE / "server.mjs"), str(port)], {}, port) as pid:
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
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.watched.bare", str(port)]
    with _process(command, {}, port) as pid:
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


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], port: int
) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        cwd=HERE.parents[1],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        os.sched_setaffinity(process.pid, {SERVER_CORE})
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while True:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
