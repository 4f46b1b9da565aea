"""The site: every link of a page leads somewhere, and pages are read as on GitHub."""

import re
from pathlib import Path

import pytest

from tests.docs.reader import ROOT
from tools.documentation.__main__ import build, loads_from_elsewhere
from tools.documentation.lifecycle import with_drawing
from tools.documentation.repository import Repository

CONFIGURATION = (ROOT / "mkdocs.yml").read_text()
#: Pages of the repository that the site shows.
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "trigger/*.md", "frontend-examples/**/*.md")
    for path in ROOT.glob(pattern)
    if not {"node_modules", "build"} & set(path.parts)
)


def _write(root: Path, **files: str) -> Repository:
    for name, text in {"docs/index.md": "", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Repository(root)


def test_a_file_in_markdown_becomes_a_page_and_so_does_what_it_leads_to(
    tmp_path: Path,
) -> None:
    repository = _write(
        tmp_path,
        **{
            "docs/a.md": "See [the example](../example/README.md#run).",
            "example/README.md": "Back to [a](../docs/a.md), on to [it](it.py).",
            "example/it.py": "print()",
        },
    )

    assert repository.lost == []
    assert set(repository.texts) == {"example/README.md", "source/example/it.py.md"}
    page = repository.rewritten("example/README.md", "[a](../docs/a.md) [it](it.py)")
    assert page == "[a](../a.md) [it](../source/example/it.py.md)"
    assert repository.rewritten("a.md", "[e](../example/README.md#run)") == (
        "[e](example/README.md#run)"
    )


def test_a_folder_is_its_readme_or_a_list_of_what_is_in_it(tmp_path: Path) -> None:
    repository = _write(
        tmp_path,
        **{
            "docs/a.md": "[one](../one) [two](../two)",
            "one/README.md": "",
            "two/__init__.py": "",
            "two/node_modules/c.js": "",
        },
    )

    page = repository.rewritten("a.md", "[one](../one) [two](../two)")

    assert page == "[one](one/README.md) [two](source/two/index.md)"
    listing = repository.texts["source/two/index.md"]
    assert listing.endswith("\n- [`__init__.py`](two/__init__.py)\n")
    page = repository.rewritten("source/two/index.md", "[b](two/__init__.py)")
    assert page == "[b](__init__.py.md)"
    assert (
        "\n# two/\\_\\_init\\_\\_.py\n" in repository.texts["source/two/__init__.py.md"]
    )


def test_the_source_of_a_file_keeps_its_fences(tmp_path: Path) -> None:
    repository = _write(
        tmp_path, **{"docs/a.md": "[it](../it.py)", "it.py": "'''\n```sh\n```\n'''"}
    )

    assert (
        "\n````py\n'''\n```sh\n```\n'''\n````\n" in repository.texts["source/it.py.md"]
    )


def test_a_link_that_leads_nowhere_is_told_and_code_has_no_links(
    tmp_path: Path,
) -> None:
    code = "```sh\n[x](gone.md)\n```\n`[y](gone.md)`\n"
    repository = _write(tmp_path, **{"docs/a.md": f"{code}[z](../gone.md)"})

    assert repository.lost == ["docs/a.md links to ../gone.md, which does not exist"]
    assert repository.rewritten("a.md", code) == code


def test_every_edge_of_the_lifecycle_is_drawn_or_listed() -> None:
    text = (ROOT / "docs" / "lifecycle.md").read_text()
    edges = re.findall(r"^ +([A-Z]+) --> ([A-Z]+): ", text, re.MULTILINE)

    page = with_drawing(text)

    assert len(edges) > 40
    assert "```mermaid" not in page
    assert all(f"`{source}` → `{target}`" in page for source, target in edges)
    assert page.count('<g class="open">') + page.count('<g class="end">') == 9


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# A\n\n[up](#a)\n", None),
        ("# A\n\n[up](#b)\n", "there is no such anchor on this page"),
        ("# A\n\n[b](index.md#b)\n", "does not contain an anchor '#b'"),
        ("# A\n\n[b](b.md)\n", "'b.md', but the target is not found"),
    ],
    ids=["right", "its own anchor", "another page's anchor", "a page"],
)
def test_a_site_with_a_broken_link_is_not_built(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, fault: str | None
) -> None:
    validation = re.search(r"^validation:\n(?: .*\n)+", CONFIGURATION, re.MULTILINE)
    assert validation
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: A\ntheme: {{name: material, font: false}}\n{validation[0]}"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[a](a.md)\n")
    (tmp_path / "docs" / "a.md").write_text(text)

    status = build(tmp_path / "site", tmp_path / "mkdocs.yml")

    assert status == (fault is not None)
    assert (fault or "") in capfd.readouterr().err


@pytest.mark.parametrize(
    "loaded",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<img alt="a" src="//example.org/a.png">',
        "<style>@font-face { src: url(https://example.org/a.woff2) }</style>",
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(tmp_path: Path, loaded: str) -> None:
    (tmp_path / "a.html").write_text(f'<a href="https://example.org">{loaded}</a>')
    (tmp_path / "b.html").write_text('<a href="https://example.org"><img src="a.png">')

    [found] = loads_from_elsewhere(tmp_path)

    assert found.startswith("a.html loads ")


@pytest.mark.parametrize("page", PAGES, ids=lambda one: str(one.relative_to(ROOT)))
def test_the_site_reads_a_page_as_github_does(page: Path) -> None:
    # Python-Markdown wants four spaces within a list, and a blank line before one.
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    faults = [
        *re.findall(r"^ {1,3}(?:```|[-*] |\d+\. ).*$", text, re.MULTILINE),
        *re.findall(r"^(?![-*#\s|]|\d+\.)\S.*\n(?:[-*]|\d+\.) .*$", text, re.MULTILINE),
        *re.findall(r"^    \S.*\n\d+\. .*$", text, re.MULTILINE),
        *re.findall(r"^(?![|#\s])\S.*\n\|.*\|$", text, re.MULTILINE),
    ]

    assert faults == []
