"""The server under attack: one process for all tests of this folder."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from jobwire.models.database_url import DatabaseUrl
from tests.attacks.raw import PATIENCE, resident

#: No bytes of it may ever be in an answer.
_ROOT = Path(__file__).parents[2]


@dataclass
class Attacked:
    """The server."""

    port: int
    pid: int
    log: Path

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logged(self) -> str:
        """All that it has logged so far."""
        return self.log.read_text()

    @property
    def memory(self) -> float:
        """What it has, in MiB."""
        return resident(self.pid)

    @property
    def sockets(self) -> int:
        """How many files it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def until_few_sockets(self, most: int) -> None:
        """Wait until connections are gone."""
        async with asyncio.timeout(PATIENCE):
            while self.sockets > most:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)

    async def is_well(self) -> None:
        """Be somebody else, who is answered as if nothing happened."""
        # On a busy machine an attack takes most of it, and still not all.
        async with httpx.AsyncClient(base_url=self.url, timeout=3 * PATIENCE) as http:
            assert (await http.get("/livez")).status_code == 200
            answer = await http.post(
                "/graphql",
                json={"query": "{ viewer { userId } }"},
                headers={"authorization": "Bearer alice"},
            )
        assert answer.json() == {"data": {"viewer": {"userId": "user-1"}}}


@pytest.fixture(scope="session")
async def process(
    server_database_url: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Attacked]:
    log = tmp_path_factory.mktemp("attacked") / "log"
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.attacks.served",
            str(server_database_url),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdout is not None
    try:
        port = await process.stdout.readline()
        assert port, log.read_text()
        yield Attacked(int(port), process.pid, log)
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
def attacked(process: Attacked) -> Iterator[Attacked]:
    """The server; after the test it has logged nothing but refusals of the webhook."""
    before = len(process.logged)
    yield process
    assert [
        line
        for line in process.logged[before:].splitlines()
        if "an event was refused" not in line
    ] == []


@pytest.fixture
def grown(attacked: Attacked) -> Callable[[], float]:
    """How much memory the server has taken since the test began, in MiB."""
    before = attacked.memory
    return lambda: attacked.memory - before
