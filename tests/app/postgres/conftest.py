"""Clusters to start, to kill and to damage."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jobwire.app.postgres import acquire
from jobwire.app.postgres.locks import FileLock

FAST = {"fsync": "off"}
_HOLDER = Path(__file__).with_name("holder.py")


@dataclass
class Holder:
    """A process of its own that acquires the cluster of `root`."""

    process: subprocess.Popen[str]
    root: Path

    def next_message(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the holder ended; the log says {(self.root / 'log').read_text()}"
        return json.loads(line)

    def cluster(self) -> dict[str, Any]:
        """Wait until it holds the cluster, and return what it got."""
        while "url" not in (message := self.next_message()):
            pass
        return message

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


async def query(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def wait_until_ended(root: Path) -> None:
    """Return when the keeper and every process of the server are gone."""
    for name in ("keeper.lock", "server.lock"):
        with FileLock(root / name) as lock:
            lock.exclusive()
    assert not server_processes(root)


def server_processes(root: Path) -> list[int]:
    """All processes that work in the data directory, found without any lock."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == root / "data":
                found.append(int(process.name))
        except OSError:
            continue  # it has ended, or there is no /proc
    return found


@pytest.fixture(scope="session")
def finished_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cluster") / "postgres"
    with acquire(root, settings=FAST):
        pass
    return root


@pytest.fixture
def root(finished_cluster: Path) -> Iterator[Path]:
    """A state directory whose cluster exists and does not run; shared by tests."""
    yield finished_cluster
    wait_until_ended(finished_cluster)


@pytest.fixture
def copied_root(finished_cluster: Path, tmp_path: Path) -> Iterator[Path]:
    """The same for a test that damages it, or puts it elsewhere."""
    copy = tmp_path / "postgres"
    shutil.copytree(finished_cluster, copy)
    yield copy
    if copy.exists():
        wait_until_ended(copy)


@pytest.fixture
def hold(finished_cluster: Path) -> Iterator[Callable[..., Holder]]:
    """Start a process that holds the cluster: `hold()`, `hold("nobody", root=…)`."""
    with ExitStack() as stack:

        def start(*arguments: str, root: Path = finished_cluster) -> Holder:
            process = subprocess.Popen(
                [sys.executable, _HOLDER, root, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return Holder(process, root)

        yield start
