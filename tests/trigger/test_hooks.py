"""The code of trigger/, by its own tests, on Node and on Bun."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.node_project import install_node_project

HERE = Path(__file__).parent
#: How many tests each file has: a runner is content as well when it finds none.
TESTS = {"jobwire.test.ts": 27, "tasks.test.ts": 6}


def run(folder: Path, *command: str | Path) -> str:
    """Run a command in a folder, and return all that it says."""
    ended = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return ended.stdout + ended.stderr


def test_its_own_tests_pass(node_project: Path) -> None:
    node = shutil.which("node")
    assert node is not None
    # As `npm test` does, but for the words of the report, which differ among versions.
    options = ("--import", "tsx", "--test", "--test-reporter=tap")

    output = run(node_project, node, *options, *(f"test/{name}" for name in TESTS))

    assert "# fail 0" in output, output
    assert f"# pass {sum(TESTS.values())}" in output, output


@pytest.mark.parametrize("name", TESTS)
def test_its_own_tests_pass_on_bun(
    node_project: Path, shared_folder: Path, name: str
) -> None:
    bun = install_node_project(shared_folder, HERE / "bun")
    program = min(bun.glob("node_modules/@oven/*/bin/bun"))

    output = run(node_project, program, "test", f"./test/{name}")

    assert f" {TESTS[name]} pass\n 0 fail\n" in output, output
