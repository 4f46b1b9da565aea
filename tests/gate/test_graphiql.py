"""`./dev` puts GraphiQL in its place where npm is, and goes on where it is not."""

from pathlib import Path

import pytest

from jobwire.web.explorer import graphiql_files
from tools.graphiql.install import MANIFEST, names_of_files, offer_graphiql

FAKE_NPM = """#!/bin/sh
echo ran >> "$(dirname "$0")/runs"
test -f package-lock.json || exit 7
mkdir -p node_modules/react/umd node_modules/react-dom/umd node_modules/graphiql
for file in react/umd/react.production.min.js graphiql/graphiql.min.js \\
  react-dom/umd/react-dom.production.min.js graphiql/graphiql.min.css
do echo "$file" > "node_modules/$file"; done
"""
BROKEN_NPM = """#!/bin/sh
echo ran >> "$(dirname "$0")/runs"
echo "npm error code ECONNREFUSED" >&2
exit 1
"""


class Npm:
    """A PATH on which npm is what a test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def become(self, script: str) -> None:
        file = self.folder / "npm"
        file.write_text(script)
        file.chmod(0o755)

    @property
    def runs(self) -> int:
        runs = self.folder / "runs"
        return len(runs.read_text().splitlines()) if runs.exists() else 0


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("sh", "env", "mkdir", "dirname"):
        (folder / program).symlink_to(f"/usr/bin/{program}")
    monkeypatch.setenv("PATH", str(folder))
    return Npm(folder)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "tools" / "graphiql"


def test_the_files_are_put_in_place_once(npm: Npm, target: Path) -> None:
    npm.become(FAKE_NPM)

    offer_graphiql(target)
    offer_graphiql(target)

    assert {name for name in names_of_files() if (target / name).exists()} == set(
        graphiql_files()
    )
    assert [path.name for path in target.parent.iterdir()] == ["graphiql"]
    assert npm.runs == 1


def test_files_that_went_are_got_again(npm: Npm, target: Path) -> None:
    npm.become(FAKE_NPM)
    offer_graphiql(target)
    (target / names_of_files()[0]).unlink()

    offer_graphiql(target)

    assert npm.runs == 2
    assert (target / names_of_files()[0]).exists()


def test_failure_of_npm_is_one_line_and_is_not_repeated(
    npm: Npm, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm.become(BROKEN_NPM)

    offer_graphiql(target)
    offer_graphiql(target)

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ECONNREFUSED" in said
    assert npm.runs == 1


def test_missing_npm_is_one_line_until_there_is_one(
    npm: Npm, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_graphiql(target)
    offer_graphiql(target)
    said = capsys.readouterr().err
    npm.become(FAKE_NPM)
    offer_graphiql(target)

    assert said.count("\n") == 1
    assert "there is no npm on the PATH" in said
    assert (target / names_of_files()[0]).exists()


def test_a_place_that_cannot_be_written_stops_nothing(
    npm: Npm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm.become(FAKE_NPM)
    (tmp_path / "tools").write_text("a file where a folder should be")

    offer_graphiql(tmp_path / "tools" / "graphiql")

    assert "not done" in capsys.readouterr().err


def test_the_page_asks_for_the_versions_that_are_installed() -> None:
    assert sorted(graphiql_files()) == sorted(names_of_files())


def test_the_lock_of_npm_holds_no_addresses() -> None:
    lock = (MANIFEST / "package-lock.json").read_text()

    assert '"integrity"' in lock
    assert "://" not in lock
