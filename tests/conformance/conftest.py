"""The npm packages of the suites, and the endpoint that they are let loose on.

Where there is no npm, or npm finds no registry, their tests are skipped and say so.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.node_project import install_node_project

NPM = Path(__file__).parent / "npm"


@pytest.fixture(scope="session")
def npm(shared_folder: Path) -> Path:
    """The folder npm/ with its packages."""
    return install_node_project(shared_folder, NPM)


def run_node(program: Path, *arguments: str) -> Any:
    """Run a program until it ends; return the JSON that it printed."""
    node = shutil.which("node")
    assert node is not None
    ended = subprocess.run(
        [node, program.name, *arguments],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)
