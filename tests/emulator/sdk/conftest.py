"""The official SDK, installed with npm, and programs that talk with it to an emulator.

Where there is no npm, or npm finds no registry, its tests are skipped and say so.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jobwire.app.listening import address_of, listen
from jobwire.app.server import AppServer
from jobwire.emulator import Emulator
from tests.node_project import install_node_project

FOLDER = Path(__file__).parent


@pytest.fixture(scope="session")
def sdk(shared_folder: Path) -> Path:
    """The folder that the SDK is installed in."""
    return install_node_project(shared_folder, FOLDER)


Talk = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def talk(sdk: Path, tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """Let a program of this folder talk to an emulator; return what it printed.

    The program finds the emulator by TRIGGER_API_URL and TRIGGER_SECRET_KEY, and prints
    one line of JSON. Further arguments are those of `Emulator`.
    """

    async def run(program: str, **given: Any) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("emulator")
        async with Emulator(folder, **given) as emulator, served(emulator) as url:
            return await run_node(sdk / program, url, emulator.secret_key)

    return run


@asynccontextmanager
async def served(emulator: Emulator) -> AsyncIterator[str]:
    """Serve an open emulator on a port of loopback; return its address."""
    listener = listen("127.0.0.1", 0)
    server = AppServer(emulator.app)
    serving = asyncio.create_task(server.run_on([listener]))
    try:
        yield f"http://{address_of(listener)}"
    finally:
        server.stop()
        await serving


async def run_node(
    program: Path, url: str, secret_key: str, **environment: str
) -> dict[str, Any]:
    """Run a program until it ends by itself; return the JSON that it printed."""
    told = {"TRIGGER_API_URL": url, "TRIGGER_SECRET_KEY": secret_key, **environment}
    node = await asyncio.create_subprocess_exec(
        "node",
        program.name,
        cwd=program.parent,
        env={**os.environ, **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, complaints = await node.communicate()
    finally:
        if node.returncode is None:
            node.kill()
    assert node.returncode == 0, complaints.decode()
    heard: dict[str, Any] = json.loads(printed)
    return heard
