"""frontend-examples/node-backend: its own tests, and the example on a real Jobwire."""

import asyncio
import os
import socket
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from jobwire.emulator import Emulator
from jobwire.models.database import Database
from tests.docs.blocks import blocks_of
from tests.emulator.sdk.conftest import served
from tests.frontend_examples.conftest import (
    EXAMPLES,
    compile_blocks,
    compile_program,
    program,
)
from tests.node_project import install_node_project
from tests.receiver import SECRET
from tests.servers import running_server
from tests.worker.conftest import until

PROJECT = EXAMPLES / "node-backend"
PATIENCE = 60


@pytest.fixture(scope="session")
def node_backend(shared_folder: Path) -> Path:
    """The folder node-backend/ with its packages."""
    return install_node_project(shared_folder, PROJECT)


@pytest.fixture(scope="session")
def compiled(node_backend: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It as a program."""
    return compile_program(node_backend, tmp_path_factory.mktemp("node-backend"))


def test_the_code_of_its_readme_fits_its_types(
    node_backend: Path, tmp_path: Path
) -> None:
    page = blocks_of(node_backend / "README.md")
    blocks = [block for block in page if block.language == "ts"]
    (tmp_path / "src").symlink_to(node_backend / "src")
    compile_blocks(node_backend, blocks, tmp_path, "--preserveSymlinks")

    assert len(blocks) == 1


class BackEnd:
    """The example server as a process of its own."""

    def __init__(self, process: Process, http: httpx.AsyncClient) -> None:
        self._process = process
        self.http = http

    async def until(self, *words: str) -> str:
        """Read what it prints until a line has the words; return the line."""
        assert self._process.stdout is not None
        read: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while line := (await self._process.stdout.readline()).decode():
                read.append(line)
                if all(word in line for word in words):
                    return line
        raise AssertionError((words, read))


@asynccontextmanager
async def _back_end(compiled: Path, port: int, jobwire: str) -> AsyncIterator[BackEnd]:
    told = {
        "PORT": str(port),
        "JOBWIRE_URL": jobwire,
        "JOBWIRE_NOTIFY_SECRET": SECRET,
    }
    process = await asyncio.create_subprocess_exec(
        program("node"),
        compiled / "src" / "server.js",
        env={"PATH": os.environ["PATH"], **told},
        stdout=PIPE,
        stderr=STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    ann = {"X-User": "ann"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=ann, timeout=60) as http:
            yield BackEnd(process, http)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _example(database: Database, folder: Path) -> AsyncIterator[tuple[str, int]]:
    """Run a Jobwire that notifies a back end; yield its address, and the port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with Emulator(folder) as emulator, served(emulator) as trigger_dev:
        settings = {
            "trigger_secret_key": emulator.secret_key,
            "trigger_api_url": trigger_dev,
            "notify_url": f"http://127.0.0.1:{port}/hooks/jobwire",
            "notify_secret": SECRET,
        }
        with running_server(str(database.url), **settings) as server:

            async def notifying() -> bool:
                async with database.connection() as connection:
                    return bool(
                        await connection.fetch("SELECT FROM notification_cursor")
                    )

            await until(notifying, "a cursor")
            yield server.url, port


async def test_reports_are_made_watched_and_canceled(
    database: Database, compiled: Path, tmp_path: Path
) -> None:
    async with (
        _example(database, tmp_path) as (url, port),
        _back_end(compiled, port, url) as back_end,
    ):
        await back_end.until("daily-report")
        order = {"dataset": "sales", "seconds": 0.1}
        key = {"Idempotency-Key": "press-1"}
        made = await back_end.http.post("/reports", json=order, headers=key)
        again = await back_end.http.post("/reports", json=order, headers=key)
        other = {"dataset": "sales", "seconds": 500}
        conflict = await back_end.http.post("/reports", json=other, headers=key)
        refused = await back_end.http.post("/reports", json={"seconds": -1})

        assert (made.status_code, again.status_code) == (201, 200)
        assert made.json()["id"] == again.json()["id"]
        assert conflict.json()["code"] == "IDEMPOTENCY_CONFLICT"
        assert refused.status_code == 422
        assert refused.json()["path"] == ["input", "data", "seconds"]

        report = f"/reports/{made.json()['id']}"
        await back_end.until(made.json()["id"], "ann", "SUCCEEDED")
        done = (await back_end.http.get(report)).json()
        assert (done["status"], done["userId"]) == ("SUCCEEDED", "ann")
        assert done["result"] is not None
        bob = {"X-User": "bob"}
        assert (await back_end.http.get(report, headers=bob)).status_code == 404

        endless = (await back_end.http.post("/reports", json=other)).json()["id"]
        await back_end.until(endless, "RUNNING")
        canceled = await back_end.http.delete(f"/reports/{endless}")
        assert canceled.json() == {"status": "RUNNING", "outcome": "PENDING"}
        await back_end.until(endless, "CANCELED")
        end = (await back_end.http.get(f"/reports/{endless}")).json()
        assert end["status"] == "CANCELED"


async def test_each_start_asks_for_the_same_cron(
    database: Database, compiled: Path, tmp_path: Path
) -> None:
    async with _example(database, tmp_path) as (url, port):
        async with _back_end(compiled, port, url) as back_end:
            first = await back_end.until("daily-report")
        async with _back_end(compiled, port, url) as back_end:
            second = await back_end.until("daily-report")

    assert first == second
    async with database.connection() as connection:
        schedules = await connection.fetch("SELECT key, version FROM job_schedules")
    assert [tuple(one) for one in schedules] == [("daily-report", 1)]


async def test_the_cron_waits_for_a_jobwire_that_is_away(compiled: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with _back_end(compiled, port, "http://127.0.0.1:1") as back_end:
        await back_end.until("serving on")
        await back_end.until("does not answer")
        answer = await back_end.http.post("/reports", json={})

    assert answer.status_code == 503
