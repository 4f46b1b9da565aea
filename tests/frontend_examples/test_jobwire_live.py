"""frontend-examples/jobwire-live: its own tests, its README, its package."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of
from tests.frontend_examples.conftest import EXAMPLES, compile_project, program

PROJECT = EXAMPLES / "jobwire-live"


def test_its_own_tests_pass(compiled_live: Path) -> None:
    ended = subprocess.run(
        [
            program("node"),
            "--test",
            "--test-reporter=tap",
            *compiled_live.glob("test/*.test.js"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    # Node is content as well when it finds no test.
    assert "# fail 0" in ended.stdout, ended.stdout + ended.stderr
    assert "# pass 62" in ended.stdout, ended.stdout


def test_the_code_of_its_readme_fits_its_types(
    jobwire_live: Path, tmp_path: Path
) -> None:
    blocks = [
        block.text
        for block in blocks_of(jobwire_live / "README.md")
        if block.language == "ts"
    ]
    for number, text in enumerate(blocks):
        (tmp_path / f"block{number}.ts").write_text(text)
    (tmp_path / "node_modules").symlink_to(jobwire_live / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    source = str(jobwire_live / "src" / "index.ts")
    configuration = {
        "extends": str(jobwire_live / "tsconfig.json"),
        "compilerOptions": {"paths": {"jobwire-live": [source]}},
        "include": ["*.ts"],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(configuration))
    compile_project(jobwire_live, "-p", str(tmp_path))

    assert len(blocks) == 2


def test_its_package_holds_what_is_imported(jobwire_live: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [program("npm"), "pack", "--pack-destination", tmp_path],
        cwd=jobwire_live,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr
    [archive] = tmp_path.glob("*.tgz")
    with tarfile.open(archive) as packed:
        names = packed.getnames()

    exported = json.loads((PROJECT / "package.json").read_text())["exports"]["."]
    for path in exported.values():
        assert f"package/{path.removeprefix('./')}" in names


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_the_packages_are_named_without_addresses(name: str) -> None:
    # `npm run lock` writes such a lock file.
    assert "://" not in (PROJECT / name).read_text()
