"""The pages of the documentation, as tests read them."""

import re
from pathlib import Path

CLIENT_PAGE = Path(__file__).parents[1] / "docs/trigger-dev-client.md"
EMULATOR_PAGE = Path(__file__).parents[1] / "docs/trigger-dev-emulator.md"


def section_of(page: Path, heading: str) -> str:
    """Return the text below a `##` heading, up to the next one."""
    return sections_of(page)[heading]


def sections_of(page: Path) -> dict[str, str]:
    """Return the text below each `##` heading."""
    parts = re.split(r"^## (.+)$", page.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def table_rows(text: str) -> list[list[str]]:
    """Return the cells of each row of the tables of a text, without their headers."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells:
            rows.append(cells)
    separators = [
        n for n, row in enumerate(rows) if all(set(cell) <= {"-", ":"} for cell in row)
    ]
    without = {n for at in separators for n in (at - 1, at)}
    return [row for n, row in enumerate(rows) if n not in without]
