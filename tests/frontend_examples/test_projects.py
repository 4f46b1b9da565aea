"""Every example as a project: its own tests, its style, what is generated in it."""

import filecmp
import re
import shutil
from pathlib import Path

import pytest

from tests.frontend_examples.conftest import EXAMPLES
from tests.frontend_examples.products import install_example, run_script

SCHEMA = EXAMPLES.parent / "schema.graphql"
#: How many tests each has: a runner is content as well when it finds none.
TESTS = {
    "jobwire-live": 66,
    "node-backend": 33,
    "react-apollo": 22,
    "react-relay": 26,
    "react-urql": 13,
    "vanilla": 14,
}
GENERATED = {
    "node-backend": "src/gql",
    "react-apollo": "src/gql",
    "react-relay": "src/__generated__",
    "react-urql": "src/gql",
}
#: What three of them have in common, because it is not about their library.
COMMON = [
    *(f"src/{name}.ts" for name in ("endpoint", "filter", "http", "online", "route")),
    *("src/session.ts", "src/socket.ts", "src/styles.css", "src/ui"),
    *("fetch-schema.mjs", "index.html", "public", "tsconfig.json"),
    *(".gitignore", ".npmrc"),
]


@pytest.mark.parametrize("name", TESTS)
def test_its_own_tests_pass(shared_folder: Path, name: str) -> None:
    said = run_script(install_example(shared_folder, name), "test", NO_COLOR="1")

    passed = re.search(r"(?:pass|Tests)\s+(\d+)", said)
    assert passed, said
    assert int(passed[1]) == TESTS[name]


@pytest.mark.parametrize("name", TESTS)
def test_it_is_formatted_and_without_complaints(shared_folder: Path, name: str) -> None:
    run_script(install_example(shared_folder, name), "lint")


def test_what_needs_no_build_fits_its_types(shared_folder: Path) -> None:
    run_script(install_example(shared_folder, "vanilla"), "types")


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_fits_the_schema_as_it_is(
    shared_folder: Path, tmp_path: Path, name: str
) -> None:
    project = install_example(shared_folder, name)
    copy = tmp_path / name
    left = shutil.ignore_patterns("node_modules", "build", "dist")
    shutil.copytree(project, copy, ignore=left)
    (copy / "node_modules").symlink_to(project / "node_modules")
    shutil.copy(SCHEMA, copy / "schema.graphql")
    shutil.rmtree(copy / GENERATED[name])
    if name == "react-relay":
        (copy / GENERATED[name]).mkdir()

    run_script(copy, "codegen")

    # If not: `npm run schema` beside a server as it is, then `npm run codegen`.
    assert _texts(copy / GENERATED[name]) == _texts(project / GENERATED[name])


def _texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.parametrize("name", ["react-apollo", "react-relay"])
@pytest.mark.parametrize("path", COMMON)
def test_what_is_not_about_a_library_is_the_same_everywhere(
    name: str, path: str
) -> None:
    original, copy = EXAMPLES / "react-urql" / path, EXAMPLES / name / path

    if original.is_dir():
        compared = filecmp.dircmp(original, copy)
        differing = compared.left_only + compared.right_only + compared.diff_files
        assert differing == []
        assert compared.same_files
    else:
        assert copy.read_text() == original.read_text()


def test_the_styles_are_the_same_without_a_library() -> None:
    original = (EXAMPLES / "react-urql/src/styles.css").read_text()
    own = (EXAMPLES / "vanilla/styles.css").read_text().splitlines(keepends=True)

    # It has some rules more, for what React does by itself.
    rest = iter(own)
    assert all(line in rest for line in original.splitlines(keepends=True))


@pytest.mark.parametrize("file", ["package.json", "package-lock.json"])
@pytest.mark.parametrize("name", TESTS)
def test_the_packages_are_named_without_addresses(name: str, file: str) -> None:
    # `npm run lock` writes such a lock file.
    assert "://" not in (EXAMPLES / name / file).read_text()
