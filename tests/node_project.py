"""The Node project in trigger/, with what it needs installed."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

TRIGGER = Path(__file__).parents[1] / "trigger"
_INSTALLED = TRIGGER / "node_modules" / ".package-lock.json"
_LOCK = TRIGGER / "package-lock.json"


def install_node_project(shared_folder: Path) -> Path:
    """Run `npm ci` once for all workers, when the lock file has changed since.

    Returns:
        The folder. Without npm or its registry the test is skipped, by a loud reason.
    """
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("NO NPM HERE: THE CODE IN trigger/ IS NOT TESTED")
    with (shared_folder / "npm-ci.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_installed():
            ended = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=TRIGGER,
                capture_output=True,
                text=True,
                check=False,
                timeout=100,
            )
            if ended.returncode != 0:
                pytest.skip(f"npm ci FAILED, trigger/ IS NOT TESTED: {ended.stderr}")
    return TRIGGER


def _is_installed() -> bool:
    return _INSTALLED.is_file() and _INSTALLED.stat().st_mtime >= _LOCK.stat().st_mtime
