"""The code of trigger/, run by Node's own tests beside this file."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.node_project import install_node_project

HERE = Path(__file__).parent


def run_node_tests(name: str, **environment: str) -> str:
    node = shutil.which("node")
    assert node is not None
    ended = subprocess.run(
        [node, "--test", "--test-reporter=tap", HERE / name],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def compiled(node_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of trigger/ as CommonJS, beside the packages that they need."""
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "node_modules").symlink_to(node_project / "node_modules")
    as_common_js = (
        *("--noEmit", "false", "--outDir", str(folder), "--module", "commonjs"),
        *("--moduleResolution", "node10", "--verbatimModuleSyntax", "false"),
    )
    compiler = node_project / "node_modules" / ".bin" / "tsc"
    subprocess.run([compiler, *as_common_js], cwd=node_project, check=True)
    return folder


@pytest.mark.usefixtures("node_project")
def test_hooks_keep_what_their_file_promises() -> None:
    output = run_node_tests("jobwire.test.mjs")

    # Node is content as well when it finds no test.
    assert "# fail 0" in output, output
    assert "# pass 20" in output, output


def test_hooks_and_tasks_work_in_the_executor_of_trigger_dev(compiled: Path) -> None:
    output = run_node_tests("executor.test.mjs", COMPILED=str(compiled))

    assert "# fail 0" in output, output
    assert "# pass 6" in output, output


def test_hooks_and_tasks_work_in_that_executor_on_bun(
    compiled: Path, shared_folder: Path
) -> None:
    bun = install_node_project(shared_folder, HERE / "bun")
    program = min(bun.glob("node_modules/@oven/*/bin/bun"))
    ended = subprocess.run(
        [program, "test", "./executor.test.mjs"],
        cwd=HERE,
        env={**os.environ, "COMPILED": str(compiled)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert " 6 pass\n 0 fail\n" in ended.stderr, ended.stdout + ended.stderr
