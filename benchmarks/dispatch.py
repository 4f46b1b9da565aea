"""How many TRIGGER jobs one worker hands over a second: singly, and in batches.

Both against the emulator in a process of its own, in one run, from the same backlog.
"""

import asyncio
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from benchmarks.cluster import fresh_database
from jobwire.emulator import DEFAULT_SECRET_KEY, Emulator, Task
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import trusted
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.models.vocabulary import Executor
from jobwire.worker.trigger_settings import TriggerSettings
from jobwire.worker.worker import Worker

#: The bucket of batches holds 1,200 runs: more would measure its refill.
JOBS = 1000
ROUNDS = 3
NEVER = 10**9
REQUEST = ScheduleRequest(
    type="wait", tag="bench", executor=Executor.TRIGGER, trigger_task_id="wait"
)


def serve(port: int, folder: str) -> None:
    """Be a Trigger.dev whose runs go on and whose rate limit is not met."""

    async def run() -> None:
        async with Emulator(
            Path(folder), tasks=[Task("wait", duration=3600)], rate_limit=NEVER
        ) as emulator:
            config = uvicorn.Config(emulator.app, port=port, log_level="error")
            await uvicorn.Server(config).serve()

    asyncio.run(run())


async def until_none(database: Database, states: str) -> float:
    """Wait until no job is in one of the states; return when that was."""
    query = (
        f"SELECT EXISTS (SELECT FROM worker_jobs WHERE dispatch_state IN ({states}))"
    )
    async with database.connection() as connection:
        while await connection.fetchval(query):
            await asyncio.sleep(0.02)
    return time.perf_counter()


async def hand_over(
    database: Database, url: str, *, batch_least: int
) -> tuple[float, float]:
    """Hand the backlog over; return jobs a second until accepted, and until linked."""
    async with database.connection() as connection:
        await connection.execute("TRUNCATE worker_jobs CASCADE")
        for _ in range(JOBS):
            await schedule(
                connection,
                REQUEST,
                registry=None,
                viewer=trusted("bench"),
                now=SystemClock().now(),
            )
    trigger = TriggerSettings(
        access=TriggerAccess(SecretStr(DEFAULT_SECRET_KEY), url),
        batch_least=batch_least,
        reconcile_interval=timedelta(hours=1),
    )
    async with Worker(database.url, registry=Registry(()), trigger=trigger):
        began = time.perf_counter()
        accepted = await until_none(database, "'none', 'sending'")
        linked = await until_none(database, "'none', 'sending', 'unknown', 'accepted'")
    return JOBS / (accepted - began), JOBS / (linked - began)


async def measure(database_url: str) -> None:
    """Print each round and the medians."""
    place = parse(database_url)
    await migrate(place)
    database = await Database.open(place)
    found: dict[str, list[float]] = {"singly": [], "in batches": []}
    for number in range(1, ROUNDS + 1):
        for how, least in (("singly", NEVER), ("in batches", 50)):
            # One of its own for each: none pays for the runs of another.
            with emulator() as url:
                accepted, linked = await hand_over(database, url, batch_least=least)
            found[how].append(accepted)
            print(
                f"round {number}, {how}: {accepted:,.0f}/s accepted,"
                f" {linked:,.0f}/s linked"
            )
    await database.close()
    singly, batch = (sorted(rates)[ROUNDS // 2] for rates in found.values())
    print(
        f"jobs handed over by one worker: {singly:,.0f}/s singly,"
        f" {batch:,.0f}/s in batches: {batch / singly:.1f} times as many"
    )


@contextmanager
def emulator() -> Iterator[str]:
    """Serve an emulator from a process of its own; yield where."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="jobwire-bench-") as folder:
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(port, folder), daemon=True
        )
        process.start()
        try:
            while not _listens(port):
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.join()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def main() -> None:
    """Measure on a fresh database."""
    with fresh_database() as url:
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
