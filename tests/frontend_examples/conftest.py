import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.docs.blocks import Block
from tests.node_project import install_node_project

EXAMPLES = Path(__file__).parents[2] / "frontend-examples"


def program(name: str) -> str:
    """Return where a program is that belongs to Node."""
    path = shutil.which(name)
    assert path is not None
    return path


def compile_project(folder: Path, *options: str) -> None:
    """Run the compiler of a project in its folder; fail with what it says."""
    ended = subprocess.run(
        [folder / "node_modules" / ".bin" / "tsc", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def compile_blocks(
    project: Path,
    blocks: Sequence[Block],
    folder: Path,
    *options: str,
    **compiler_options: object,
) -> None:
    """Check blocks of a page in a folder, by the types and the rules of a project."""
    for number, block in enumerate(blocks):
        (folder / f"block{number}.{block.language}").write_text(block.text)
    (folder / "node_modules").symlink_to(project / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    configuration = {
        "extends": str(project / "tsconfig.json"),
        "compilerOptions": compiler_options,
        "include": ["block*"],
    }
    (folder / "tsconfig.json").write_text(json.dumps(configuration))
    compile_project(project, "-p", str(folder), *options)


@pytest.fixture(scope="session")
def jobwire_live(shared_folder: Path) -> Path:
    """The folder jobwire-live/ with its packages."""
    return install_node_project(shared_folder, EXAMPLES / "jobwire-live")


def compile_program(project: Path, folder: Path) -> Path:
    """Compile its sources and tests to what Node runs in a folder: `src/`, `test/`."""
    (folder / "node_modules").symlink_to(project / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    compile_project(project, "--noEmit", "false", "--outDir", str(folder))
    return folder


@pytest.fixture(scope="session")
def compiled_live(jobwire_live: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """jobwire-live as a program."""
    return compile_program(jobwire_live, tmp_path_factory.mktemp("jobwire-live"))
