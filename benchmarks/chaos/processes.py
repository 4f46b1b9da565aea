"""The processes of a run: each can be killed, frozen and started again by name."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from benchmarks.chaos.journal import FOLDER, Freeze
from jobwire.app.postgres import acquire

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SECRET = "chaos signs its tokens and its webhooks with this"  # noqa: S105 - it guards nothing
KEY = "tr_dev_emulator"
#: Seconds until everything is up, on a busy machine.
PATIENCE = 60.0
EMULATOR, APIS, WORKERS = "emulator", ("api-1", "api-2"), ("worker-1", "worker-2")


class Process:
    """One command of ours, which may be dead."""

    def __init__(
        self, name: str, arguments: list[str], folder: Path, environment: dict[str, str]
    ) -> None:
        self.name = name
        self._arguments = arguments
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process that lives, or of the last one that did."""
        if self._process is None:
            raise RuntimeError(self.name)
        return self._process.pid

    def start(self) -> None:
        """Start it; nothing if it lives."""
        if self.is_up:
            return
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jobwire", *self._arguments],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it lives."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)


class Processes:
    """PostgreSQL, emulator, two APIs and two workers, in a folder.

    Args:
        folder: Of everything: data, state, logs, the journal.
        lease: Seconds, of the workers.

    Attributes:
        api: Addresses of the APIs, by name.
        freezes: When which process stood still.
    """

    def __init__(self, folder: Path, *, lease: float) -> None:
        self.folder = folder
        self.journal = folder / "journal"
        self.journal.mkdir()
        self.freezes: list[Freeze] = []
        self.cluster = acquire(folder / "postgres")
        ports = _free_ports(1 + len(APIS))
        self.emulator_url = f"http://127.0.0.1:{ports[0]}"
        self.api = {
            name: f"http://127.0.0.1:{port}"
            for name, port in zip(APIS, ports[1:], strict=True)
        }
        self._environment = self._make_environment(lease)
        webhook = [f"{url}/api/trigger/webhook" for url in self.api.values()]
        emulator = ["emulator", "--port", str(ports[0]), "--data-dir", str(folder)]
        emulator += ["--tasks", str(HERE / "tasks.py")]
        emulator += ["--hooks-url", webhook[0], "--alert-url", webhook[-1]]
        commands = {EMULATOR: emulator}
        commands |= {
            name: ["serve", "--port", url.rpartition(":")[2]]
            for name, url in self.api.items()
        }
        commands |= {name: ["worker"] for name in WORKERS}
        self._processes = {
            name: Process(name, arguments, folder, self._environment)
            for name, arguments in commands.items()
        }

    def __getitem__(self, name: str) -> Process:
        return self._processes[name]

    @property
    def state_file(self) -> Path:
        """Where the emulator keeps its runs."""
        return next(self.folder.glob("**/emulator.sqlite3"))

    async def start(self) -> None:
        """Make the tables and start everything; return when all is ready."""
        await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "jobwire", "migrate"],
            cwd=self.folder,
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        await self.mend()

    async def mend(self) -> None:
        """Start what is dead, wake what is frozen, and wait until all is ready."""
        if not self._postgres_is_up():
            await self.kill_postgres()
            await self.start_postgres()
        for process in self._processes.values():
            process.signal(signal.SIGCONT)
            process.start()
        waits = [f"{url}/readyz" for url in self.api.values()]
        async with httpx.AsyncClient(trust_env=False) as http:
            for url in [f"{self.emulator_url}/emulator/faults", *waits]:
                await _until_answered(http, url)

    async def freeze(self, name: str, seconds: float) -> None:
        """Let a process stand still for a while."""
        process = self._processes[name]
        began, pid = time.time_ns(), process.pid
        process.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self.freezes.append(Freeze(pid, began, time.time_ns()))
            process.signal(signal.SIGCONT)

    async def kill_postgres(self) -> None:
        """Kill the postmaster; its keeper ends what it leaves behind."""
        with suppress(ProcessLookupError):
            os.kill(self.cluster.server_pid, signal.SIGKILL)
        await asyncio.to_thread(self.cluster.release)

    async def start_postgres(self) -> None:
        """Start PostgreSQL again, on the same port."""
        before = self.cluster.url
        self.cluster = await asyncio.to_thread(acquire, self.folder / "postgres")
        if self.cluster.url != before:
            raise RuntimeError("another process took the port of PostgreSQL")

    async def close(self) -> None:
        """Kill all."""
        for process in self._processes.values():
            await process.kill()
        await asyncio.to_thread(self.cluster.release)

    def _postgres_is_up(self) -> bool:
        try:
            os.kill(self.cluster.server_pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _make_environment(self, lease: float) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JOBWIRE_", "TRIGGER_"))
        }
        return {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.cluster.url,
            "TRIGGER_API_URL": self.emulator_url,
            "TRIGGER_SECRET_KEY": KEY,
            "TRIGGER_WEBHOOK_SECRET": SECRET,
            "JOBWIRE_TRIGGER_TASKS": "any",
            "JOBWIRE_AUTH_SECRET": SECRET,
            "JOBWIRE_JOBS": str(HERE / "jobs.py"),
            "JOBWIRE_LEASE_SECONDS": str(lease),
            "JOBWIRE_RECONCILE_SECONDS": "5",
            FOLDER: str(self.journal),
        }


async def _until_answered(http: httpx.AsyncClient, url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(httpx.HTTPError):
            answer = await http.get(url)
            if answer.is_success:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} is not ready")
        await asyncio.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
