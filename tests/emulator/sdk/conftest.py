"""The official SDK, installed with npm, and programs that talk with it to an emulator.

Where there is no npm, or npm finds no registry, its tests are skipped and say so.
"""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from jobwire.app.listening import address_of, listen
from jobwire.app.server import AppServer
from jobwire.emulator import Emulator

FOLDER = Path(__file__).parent
VERSION = json.loads((FOLDER / "package.json").read_text())["dependencies"][
    "@trigger.dev/sdk"
]


@contextmanager
def _alone() -> Iterator[None]:
    """Install once, though several workers of a test run may want to."""
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The folder that the SDK is installed in."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("NO NODE HERE: THE OFFICIAL SDK WAS NOT TRIED ON THE EMULATOR")
    with _alone():
        installed = FOLDER / "node_modules/@trigger.dev/sdk/package.json"
        if not installed.is_file() or (
            json.loads(installed.read_text())["version"] != VERSION
        ):
            install = [npm, "ci", "--no-audit", "--no-fund", "--fetch-retries=1"]
            try:
                subprocess.run(
                    install, cwd=FOLDER, capture_output=True, timeout=90, check=True
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                pytest.skip(
                    "NPM INSTALLS NOTHING HERE: THE OFFICIAL SDK WAS NOT TRIED ON THE"
                    f" EMULATOR ({(error.stderr or b'').decode()[-300:]})"
                )
    return FOLDER


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
