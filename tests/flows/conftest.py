"""A process that dies on command, and a Trigger.dev that it can reach."""

import asyncio
import json
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.jobs.rig import Rig, open_rig

ROOT = Path(__file__).parents[2]


class Doomed:
    """Sends orders to the process that forks; see `tests.flows.doomed`."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process = process
        self._report = folder / "report.json"

    async def order(self, **order: Any) -> int:
        """Have a child do something; return its exit code, negative for a signal."""
        assert self._process.stdin is not None
        self._report.unlink(missing_ok=True)
        order = {
            "dies": None,
            "duplicates": False,
            "report": str(self._report),
            **order,
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        code = await self.answer()
        assert isinstance(code, int)
        return code

    async def answer(self) -> Any:
        """Read one answer."""
        assert self._process.stdout is not None
        return json.loads(await self._process.stdout.readline())

    def report(self) -> Any:
        """Return what the last child reported."""
        return json.loads(self._report.read_text())


@pytest.fixture(scope="session")
async def doomed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doomed]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.flows.doomed", stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    doomed = Doomed(process, tmp_path_factory.mktemp("doomed"))
    assert await doomed.answer() == "ready"
    yield doomed
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serve an app on loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="warning", lifespan="off")
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.shutdown(sockets=[listener])


@pytest.fixture(scope="session")
async def both_sides(
    pool: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Rig, str]]:
    """A rig of healthy processes, and where its Trigger.dev is for those that die."""
    folder = tmp_path_factory.mktemp("trigger-dev")
    async with (
        open_rig(pool, FakeClock(), folder, rate_limit=1_000_000) as rig,
        serving(rig.stage.emulator.app) as url,
    ):
        yield rig, url


@pytest.fixture
def rig(database: Database, both_sides: tuple[Rig, str]) -> Rig:
    """Both sides, and an empty database."""
    rig, _ = both_sides
    assert rig.database is database
    rig.wire.heal()
    rig.stage.emulator.faults.clear()
    return rig


@pytest.fixture
def api_url(both_sides: tuple[Rig, str]) -> str:
    return both_sides[1]
