"""What is measured of one system, each time on what it left behind."""

import asyncio
import os
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from benchmarks.queues.jobs import EVERY
from benchmarks.queues.systems import ROOT, System
from jobwire.models.database_url import DatabaseUrl

#: The cores of workers and of clients; PostgreSQL has all.
WORKER_CORE = 0
CLIENT_CORE = 1
#: Connections of a client that enqueues as fast as it can.
CONNECTIONS = 16
#: No-op jobs before those that count.
WARM_UP = 2 * EVERY
#: Paced jobs before those that count.
FIRST = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast something was, and what it cost.

    Attributes:
        per_second: Jobs.
        cpu: Microseconds of CPU per job of the process that is measured.
    """

    per_second: float
    cpu: float


class Bench:
    """One system on a database of its own.

    Args:
        system: Which one.
        server: The server; the database in the URL is another one.
    """

    def __init__(self, system: System, server: DatabaseUrl) -> None:
        self.system = system
        self._server = server
        self._url = replace(server, database=system.database)

    async def install(self) -> None:
        """Make the database, and the tables of the system in it."""
        async with _connected(self._server) as connection:
            await connection.execute(f"CREATE DATABASE {self.system.database}")
        if self.system.name == "Jobwire":
            # Here and not in a client: it is ours.
            from jobwire.migrations import migrate  # noqa: PLC0415

            await migrate(self._url)
        else:
            await self._enqueue("install", 0, 1)

    async def run(self, jobs: int) -> Rate:
        """Let one worker run a backlog of no-ops."""
        await self._enqueue("batches", WARM_UP + jobs, 1)
        await self._tidy()
        async with self._worker() as worker:
            await _line(worker, f"ran {WARM_UP}")
            began, used = time.perf_counter(), _cpu(worker)
            await _line(worker, f"ran {WARM_UP + jobs}")
            async with _connected(self._url) as connection:
                while await connection.fetchval(self.system.has_open):
                    await asyncio.sleep(0.002)
            took, used = time.perf_counter() - began, _cpu(worker) - used
        return Rate(jobs / took, used / jobs * 1e6)

    async def enqueue(self, action: str, jobs: int) -> Rate:
        """Enqueue over some connections; nobody runs the jobs."""
        await self._tidy()
        took, used = await self._enqueue(action, jobs, CONNECTIONS)
        await self._empty()
        return Rate(jobs / took, used / jobs * 1e6)

    async def latencies(self, jobs: int) -> list[float]:
        """Send jobs at a pace; how many milliseconds later did each start?"""
        await self._tidy()
        async with self._worker() as worker:
            await self._enqueue("batches", WARM_UP, 1)
            await _line(worker, f"ran {WARM_UP}")
            sending = asyncio.create_task(self._enqueue("paced", FIRST + jobs, 1))
            started = [
                float((await _line(worker, "started ")).split()[1])
                for _ in range(FIRST + jobs)
            ]
            await sending
        return started[FIRST:]

    async def _enqueue(
        self, action: str, count: int, connections: int
    ) -> tuple[float, float]:
        arguments = (str(self._url), action, str(count), str(connections))
        client = await asyncio.create_subprocess_exec(
            *self.system.client,
            *arguments,
            cwd=ROOT,
            stdout=PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
        )
        output, _ = await client.communicate()
        if client.returncode:
            raise SystemExit(f"The client of {self.system.name} failed.")
        if action == "install":
            return 0.0, 0.0
        took, used = output.split()
        return float(took), float(used)

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[Process]:
        environment = {"DATABASE_URL": str(self._url), **self.system.environment}
        worker = await asyncio.create_subprocess_exec(
            *self.system.worker,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=PIPE,
            stderr=DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {WORKER_CORE}),
        )
        try:
            yield worker
        finally:
            worker.terminate()
            await worker.wait()

    async def _tidy(self) -> None:
        """Let no measurement pay for what came before it."""
        async with _connected(self._url) as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")

    async def _empty(self) -> None:
        """Remove what nobody will run."""
        async with _connected(self._url) as connection:
            await connection.execute(f"TRUNCATE {self.system.tables} CASCADE")


@asynccontextmanager
async def _connected(url: DatabaseUrl) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        yield connection
    finally:
        await connection.close()


async def _line(worker: Process, beginning: str) -> str:
    """Read what a worker says up to a line that begins like this."""
    if worker.stdout is not None:
        while line := (await worker.stdout.readline()).decode():
            if line.startswith(beginning):
                return line
    raise SystemExit(f"A worker ended with {await worker.wait()}.")


def _cpu(process: Process) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
