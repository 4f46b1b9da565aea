"""The links of a page in Markdown that lead to other files."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^ *(`{3,}|~{3,})")
# Code, or a link; what stands in code is none.
_LINK = re.compile(
    r"(?P<code>`+[^`]+`+(?!`))|(?P<before>\]\()(?P<path>[^)\s#]+)(?P<rest>[^)]*\))"
)
_ELSEWHERE = re.compile(r"[a-z]+:|/")


@dataclass(frozen=True)
class Link:
    """A link to a file.

    Attributes:
        path: The file, relative to the page.
    """

    path: str


def links_of(text: str) -> Iterator[Link]:
    """Yield the links of a page to other files."""
    found: list[Link] = []

    def keep(link: Link) -> str:
        found.append(link)
        return link.path

    with_links(text, keep)
    yield from found


def with_links(text: str, rewrite: Callable[[Link], str]) -> str:
    """The page with other paths in its links to files; code stays as it is."""

    def one(found: re.Match[str]) -> str:
        path = found["path"]
        if found["code"] or _ELSEWHERE.match(path):
            return found[0]
        return f"{found['before']}{rewrite(Link(path))}{found['rest']}"

    return "".join(
        part if is_code else _LINK.sub(one, part) for is_code, part in _parts(text)
    )


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the text in parts, each with whether it is a block of code."""
    part: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if found and not fence:
            yield False, "".join(part)
            part, fence = [line], found[1]
        elif found and found[1].startswith(fence) and line.strip() == found[1]:
            yield True, "".join([*part, line])
            part, fence = [], ""
        else:
            part.append(line)
    yield bool(fence), "".join(part)
