"""frontend-examples/jobwire-live: its own tests, its README, its package."""

import json
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of
from tests.frontend_examples.conftest import EXAMPLES, compile_blocks, program

PROJECT = EXAMPLES / "jobwire-live"
#: How many lines a live progress bar takes at most, as is promised.
SHORT = 25
MODULES = [
    EXAMPLES / "vanilla" / "jobwire-live.js",
    EXAMPLES / "vanilla" / "jobwire-live.d.ts",
    EXAMPLES.parent / "jobwire" / "web" / "page" / "jobwire-live.js",
]


@pytest.mark.parametrize(
    ("readme", "languages"),
    [
        (PROJECT / "README.md", {"ts": 2}),
        (EXAMPLES / "README.md", {"tsx": 1}),
    ],
    ids=["its own", "of all examples"],
)
def test_the_code_of_a_readme_fits_its_types(
    jobwire_live: Path, tmp_path: Path, readme: Path, languages: dict[str, int]
) -> None:
    blocks = [block for block in blocks_of(readme) if block.language in languages]
    paths = {"jobwire-live": [str(jobwire_live / "src" / "index.ts")]}
    compile_blocks(jobwire_live, blocks, tmp_path, jsx="react-jsx", paths=paths)

    assert Counter(block.language for block in blocks) == languages


def test_the_progress_bar_of_all_examples_is_short() -> None:
    [bar] = [b for b in blocks_of(EXAMPLES / "README.md") if b.language == "tsx"]

    assert len([line for line in bar.text.splitlines() if line]) <= SHORT
    page = EXAMPLES / "vanilla" / "progress.html"
    assert len(page.read_text().splitlines()) <= SHORT


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


def test_its_single_modules_are_made_from_its_sources(
    jobwire_live: Path, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [program("node"), jobwire_live / "bundle.mjs", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr

    # `npm run bundle` in jobwire-live writes them.
    for copy in MODULES:
        assert copy.read_text() == (tmp_path / copy.name).read_text(), copy
