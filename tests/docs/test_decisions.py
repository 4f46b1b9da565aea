"""docs/adr/: short, in one form, in the index, and about code that is there."""

import re
from pathlib import Path

import pytest

from tests.docs.reader import ROOT

FOLDER = ROOT / "docs" / "adr"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
MOST_LINES = 30


def test_they_are_counted_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert len(numbers) > 10
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_index_has_each_of_them_by_its_title() -> None:
    rows = re.findall(
        r"^\| (\d{4}) \| \[(.+)\]\((.+)\) \|$",
        (FOLDER / "README.md").read_text(),
        re.MULTILINE,
    )

    titles = [
        path.read_text().split("\n", 1)[0].split(". ", 1)[1] for path in DECISIONS
    ]
    assert rows == [
        (path.name[:4], title, path.name)
        for path, title in zip(DECISIONS, titles, strict=True)
    ]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_each_is_short_and_says_what_follows(path: Path) -> None:
    text = path.read_text()

    assert len(text.splitlines()) <= MOST_LINES
    assert re.match(
        rf"# {int(path.name[:4])}\. [^\n]+\n\n\d{{4}}-\d\d-\d\d · "
        r"(accepted|proposed|superseded by \[\d{4}\]\(\S+\.md\))\n\n## Context\n",
        text,
    )
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_the_files_that_it_names_are_there(path: Path) -> None:
    named = re.findall(r"`([\w./-]+/[\w./-]*)`", path.read_text())

    assert [one for one in named if not (ROOT / one).exists()] == []
