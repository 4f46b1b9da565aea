"""What files of deployments say, beside what the code knows."""

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from jobwire.app.server import _GRACE_SECONDS, FAREWELL_SECONDS, FLUSH_SECONDS
from jobwire.app.settings import Settings, environment_names
from jobwire.worker.settings import WorkerSettings
from tests.deploy.dockerfile import ROOT

DEPLOY = ROOT / "deploy"
SETTINGS = frozenset(environment_names().values())
PORT = 8000
#: How long each may take to end, in seconds.
SERVE_ENDS = FAREWELL_SECONDS + FLUSH_SECONDS + _GRACE_SECONDS
_WORKER = WorkerSettings()
WORKER_ENDS = (
    Settings(_env_file=None).drain_seconds
    + (2 * _WORKER.stop_grace + _WORKER.flush_timeout).total_seconds()
)


def documents(path: Path) -> list[dict[str, Any]]:
    """Read a file of YAML documents."""
    return [one for one in yaml.safe_load_all(path.read_text()) if one is not None]


def seconds(span: str) -> float:
    """Read a span such as `40s`."""
    found = re.fullmatch(r"(\d+)(ms|s|m)", span)
    assert found is not None, span
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60}[found[2]]


def run(*command: str | Path, **options: Any) -> str:
    """Run a program; return what it printed.

    Raises:
        AssertionError: It failed.
    """
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
        **options,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return str(done.stdout)
