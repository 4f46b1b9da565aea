"""An installation on several machines: an API and a worker on each, one database."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx

from benchmarks.chaos import jobs as chaos_jobs
from benchmarks.chaos.journal import FOLDER
from benchmarks.chaos.processes import SECRET
from jobwire.app.postgres import acquire
from jobwire.models.database_url import parse
from tests.machines.network import SWITCH, Machine

ROOT = Path(__file__).parents[2]
PORT = 8000
#: Seconds until something has come about, on a busy machine.
PATIENCE = 60.0
LEASE = 2.0


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[str]:
    """Run PostgreSQL behind a relay on the switch; yield its URL there.

    What a machine had open while it is cut off stays open, as with the server's own
    sockets, which give nobody up for hours.
    """
    with acquire(folder) as cluster:
        port = parse(cluster.url).port

        async def relay(reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            answers, server = await asyncio.open_connection("127.0.0.1", port)
            # Those that are open at the end are cut off with it.
            with suppress(asyncio.CancelledError):
                await asyncio.gather(_pass(reader, server), _pass(answers, to))

        async with await asyncio.start_server(relay, SWITCH, port):
            yield cluster.url.replace("127.0.0.1", SWITCH)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


class Service:
    """A command of ours on a machine, which may be dead."""

    def __init__(
        self, machine: Machine, *arguments: str, folder: Path, environment: dict
    ) -> None:
        self._command = [*machine.enter, sys.executable, "-m", "jobwire", *arguments]
        self._log = folder / f"{machine.name}-{arguments[0]}.log"
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            # `nsenter` becomes the command, so that signals reach it.
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def has_said(self, text: str) -> None:
        """Wait until its log holds a text that names its process."""
        named = text.format(pid=self.pid)
        async with asyncio.timeout(PATIENCE):
            while named not in self._log.read_text():
                await asyncio.sleep(0.05)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; return its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return await asyncio.to_thread(self._process.wait, PATIENCE)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Node:
    """What runs on one machine."""

    def __init__(self, machine: Machine, folder: Path, url: str) -> None:
        self.machine = machine
        self.url = f"http://{machine.address}:{PORT}"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JOBWIRE_", "TRIGGER_"))
        }
        environment = {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": url,
            "JOBWIRE_AUTH_SECRET": SECRET,
            "JOBWIRE_JOBS": str(chaos_jobs.__file__),
            "JOBWIRE_LEASE_SECONDS": str(LEASE),
            "JOBWIRE_SHUTDOWN_DELAY_SECONDS": "3",
            "JOBWIRE_LOG_DIR": str(folder / machine.name),
            FOLDER: str(folder / "journal"),
        }
        where = {"folder": folder, "environment": environment}
        address = ("--host", machine.address, "--port", str(PORT))
        self.api = Service(machine, "serve", *address, **where)
        self.worker = Service(machine, "worker", **where)

    def start(self) -> None:
        self.api.start()
        self.worker.start()

    def is_worker(self, name: str) -> bool:
        """Whether the worker here has a name, as in leases and duties."""
        return name.split(":")[1] == str(self.worker.pid)

    async def ready(self) -> None:
        """Wait until jobs can be scheduled here, and are run."""
        await self.worker.has_said(f"worker={socket.gethostname()}:{{pid}}:")
        async with httpx.AsyncClient(trust_env=False, timeout=1) as http:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                with suppress(httpx.HTTPError):
                    if (await http.get(f"{self.url}/readyz")).is_success:
                        return
                await asyncio.sleep(0.1)
        raise TimeoutError(f"{self.machine.name} is not ready")

    def kill(self) -> None:
        self.api.kill()
        self.worker.kill()


async def holders(connection: asyncpg.Connection) -> dict[str, str]:
    """Return who holds each duty."""
    return dict(
        await connection.fetch("SELECT name, holder FROM duties WHERE until > now()")
    )
