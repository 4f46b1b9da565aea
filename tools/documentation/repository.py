"""Pages of the site for files of the repository that stand outside of docs/.

A page of docs/ may link to any of them. Those in Markdown become pages as they are,
others are shown as text, folders as their README or as a list. So every link leads
somewhere on the site, whose sources are those of the same version.
"""

import posixpath
import re
from pathlib import Path, PurePosixPath

from tools.documentation.links import Link, links_of, with_links

#: Where the pages at the top of the repository stand on the site.
_PLACES = {
    "README.md": "quick-start.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "SECURITY.md": "reporting-a-weakness.md",
    "schema.graphql": "reference/index.md",
}
_HIDDEN = {"node_modules", "__pycache__", "build", "dist"}
_LANGUAGES = {".mjs": "js", ".cjs": "js", ".jsonc": "json", ".example": "sh"}
_DOCS = "docs/"


class Repository:
    """Which file of the repository stands where on the site.

    Attributes:
        texts: The Markdown of each page that docs/ does not hold, by its place.
        lost: Links that lead nowhere, as sentences.
    """

    def __init__(self, root: Path, generated: frozenset[str] = frozenset()) -> None:
        """Collect all that the pages of docs/ lead to, and the pages at the top.

        Args:
            root: The repository.
            generated: Places of pages that others make.
        """
        self.texts: dict[str, str] = {}
        self.lost: list[str] = []
        self._root = root
        self._generated = generated
        self._paths: dict[str, str] = {}
        waiting = [*sorted((root / "docs").rglob("*.md")), *self._pages_at_the_top()]
        while waiting:
            path = waiting.pop()
            waiting += self._add(path.relative_to(root).as_posix())

    def rewritten(self, place: str, text: str) -> str:
        """The Markdown of a page, with its links as the site has them."""
        path = self._paths.get(place, _DOCS + place)
        return with_links(text, lambda link: self._on_site(place, path, link))

    def files(self) -> list[Path]:
        """The files and folders that those pages show."""
        return [self._root / path for path in self._paths.values()]

    def _pages_at_the_top(self) -> list[Path]:
        return [self._root / name for name in _PLACES if (self._root / name).exists()]

    def _add(self, path: str) -> list[Path]:
        """Take a file in; return those that it leads to and that are new."""
        if (self._root / path / "README.md").exists():
            path = f"{path}/README.md"
        place = self._place(path)
        if not path.startswith(_DOCS):
            if place in self.texts or place in self._generated:
                return []
            self._paths[place] = path
            self.texts[place] = self._text(path)
        text = self.texts.get(place) or (self._root / path).read_text()
        found = []
        for link in links_of(text):
            target = _resolve(path, link.path)
            if not self._exists(target):
                self.lost.append(f"{path} links to {link.path}, which does not exist")
            elif not target.startswith(_DOCS):
                found.append(self._root / target)
        return found

    def _exists(self, target: str) -> bool:
        return not target.startswith("..") and (self._root / target).exists()

    def _text(self, path: str) -> str:
        file = self._root / path
        if file.is_dir():
            return _listing(file, path)
        text = file.read_text()
        return text if file.suffix == ".md" else _shown(path, text)

    def _place(self, path: str) -> str:
        """Where a file stands on the site."""
        if path.startswith(_DOCS):
            return path.removeprefix(_DOCS)
        if path in _PLACES:
            return _PLACES[path]
        if path.endswith(".md"):
            return path
        if (self._root / path).is_dir():
            own = f"{path}/README.md"
            has_page = (self._root / own).exists()
            return own if has_page else f"source/{path}/index.md"
        return f"source/{path}.md"

    def _on_site(self, place: str, path: str, link: Link) -> str:
        target = _resolve(path, link.path)
        if not self._exists(target):
            return link.path
        return posixpath.relpath(self._place(target), posixpath.dirname(place) or ".")


def _resolve(path: str, target: str) -> str:
    # The text of a folder without a page of its own is made with links from within it.
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _listing(folder: Path, path: str) -> str:
    name = PurePosixPath(path).name
    lines = [
        f"- [`{entry.name}{'/' if entry.is_dir() else ''}`]({name}/{entry.name})"
        for entry in sorted(folder.iterdir())
        if entry.name not in _HIDDEN and not entry.name.startswith(".")
    ]
    return f"{_front_matter()}# {_title(path)}/\n\n" + "\n".join(lines) + "\n"


def _shown(path: str, text: str) -> str:
    suffix = PurePosixPath(path).suffix
    language = _LANGUAGES.get(suffix, suffix.removeprefix(".")) or "text"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    code = f"{fence}{language}\n{text.rstrip()}\n{fence}\n"
    return f"{_front_matter()}# {_title(path)}\n\n{code}"


def _title(path: str) -> str:
    return path.replace("_", "\\_")


def _front_matter() -> str:
    return "---\nsearch:\n  exclude: true\nhide:\n  - toc\n---\n\n"
