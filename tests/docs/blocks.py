"""The fenced blocks of a page of the documentation."""

import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^(?:## (?P<heading>.+)|```(?P<language>\w*))$")


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        heading: The `##` heading that it stands below.
        language: The word behind its fence.
        text: What it holds.
        line: Where it begins, from 1.
    """

    heading: str
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return (
            f"line {self.line}, below {self.heading!r}, {self.language}:\n{self.text}"
        )

    @property
    def file(self) -> str | None:
        """The name in the comment of its first line; None: there is none."""
        found = re.match(r"(?:#|//) (\S+\.\w+)\n", self.text)
        return found.group(1) if found else None


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    blocks = []
    heading, opened, lines = "", None, list[str]()
    for number, line in enumerate(page.read_text().splitlines(), start=1):
        found = _LINE.match(line)
        if opened is not None and line == "```":
            language, begun = opened
            text = "".join(f"{one}\n" for one in lines)
            blocks.append(Block(heading, language, text, begun))
            opened = None
        elif opened is not None:
            lines.append(line)
        elif found is not None and found["heading"] is not None:
            heading = found["heading"]
        elif found is not None:
            opened, lines = (found["language"], number), []
    return blocks
