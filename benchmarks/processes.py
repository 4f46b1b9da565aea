"""Servers as processes of their own on the first core, and what CPU they use."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope

ROOT = Path(__file__).parents[1]
SERVER_CORE = 0
#: The one limit that holds a single user back, raised; it counts all the same.
UNHINDERED = {"JOBWIRE_OPERATIONS_PER_MINUTE": "1000000000"}


@dataclass(frozen=True, slots=True)
class Serving:
    """A `jobwire serve` that listens.

    Attributes:
        pid: Its process.
        port: Where it listens, on 127.0.0.1.
        token: Who sends it as a bearer token is the user `bench`.
    """

    pid: int
    port: int
    token: str


@contextmanager
def serve_jobwire(
    database_url: str,
    folder: Path,
    *,
    scopes: Collection[Scope],
    settings: dict[str, str] | None = None,
) -> Iterator[Serving]:
    """Serve the API of a database as users do, with the example types.

    Args:
        database_url: The database.
        folder: Where its log goes.
        scopes: Those of the token.
        settings: What it is told otherwise, by the names in the environment.
    """
    secret, port = secrets.token_urlsafe(48), free_port()
    environment = {
        "DATABASE_URL": database_url,
        "JOBWIRE_AUTH_SECRET": secret,
        "JOBWIRE_EXAMPLES": "true",
        "JOBWIRE_LOG_DIR": str(folder),
        **(settings or {}),
    }
    token = mint_token(
        SecretStr(secret),
        user_id="bench",
        scopes=scopes,
        lifetime=timedelta(days=1),
        now=SystemClock().now(),
    )
    command = [sys.executable, "-m", "jobwire", "serve", "--port", str(port)]
    with process(command, environment, port) as pid:
        yield Serving(pid, port, token)


@contextmanager
def process(
    command: list[str], environment: dict[str, str], port: int
) -> Iterator[int]:
    """Run a server on its core; yield its pid once it listens on the port."""
    # Set before it begins: threads keep the cores that they were born with.
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    finally:
        os.sched_setaffinity(0, ours)
    try:
        _wait_for(port, child)
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=30)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and its living descendants have used."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = {
            int(child)
            for thread in threads
            for child in (thread / "children").read_text().split()
        }
    except OSError:
        # It has ended between two looks.
        return 0.0
    fields = stat.rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(child) for child in children)


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    while True:
        if child.poll() is not None:
            raise SystemExit(f"{child.args!r} ended with {child.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
