"""Node projects, of trigger/ and of tests, with what they need installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.exclusive import exclusive

TRIGGER = Path(__file__).parents[1] / "trigger"


def install_node_project(shared_folder: Path, folder: Path = TRIGGER) -> Path:
    """Run `npm ci` once for all workers, when the lock file has changed since.

    Returns:
        The folder. Without npm or its registry the test is skipped, by a loud reason.
    """
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"NO NPM HERE: THE CODE IN {folder.name}/ IS NOT TESTED")
    with exclusive(shared_folder / f"npm-ci-{folder.name}.lock"):
        if not _is_installed(folder):
            ended = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            if ended.returncode != 0:
                pytest.skip(
                    f"npm ci FAILED, {folder.name}/ IS NOT TESTED: {ended.stderr}"
                )
    return folder


def _is_installed(folder: Path) -> bool:
    installed = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime
