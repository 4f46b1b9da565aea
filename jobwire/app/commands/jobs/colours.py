"""Tables and words in colours, for terminals that have any."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobwire.app.commands.jobs.table import GAP, Column, cut

_STYLES = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "EXPIRED": "red",
    "LOST": "red",
    "CANCELED": "yellow",
    "RUNNING": "cyan",
    "WAITING": "cyan",
    "RETRYING": "yellow",
    "QUEUED": "blue",
    "SCHEDULED": "blue",
    "paused": "yellow",
    "OK": "green",
    "WARNING": "yellow",
    "NOT_CHECKED": "dim",
}
_FIRST = "bold"


def print_coloured(
    columns: Sequence[tuple[Column, int]], *, console: Console | None = None
) -> None:
    """Print a table whose columns are as wide as told; NO_COLOR is respected.

    Args:
        columns: From left to right, with their widths.
        console: Where; None: stdout.
    """
    total = sum(wide for _, wide in columns) + len(GAP) * (len(columns) - 1)
    shown = console or Console(highlight=False)
    table = Table(box=None, padding=0, header_style=_FIRST, pad_edge=False)
    for place, (column, wide) in enumerate(columns):
        # Rich would pad the last one too, and a terminal then break the line.
        last = place == len(columns) - 1
        table.add_column(
            cut(column.heading, wide), width=wide + (0 if last else len(GAP))
        )
    for row in zip(*(column.cells for column, _ in columns), strict=True):
        table.add_row(
            *(
                Text(cut(cell, wide), style=_STYLES.get(cell, ""), no_wrap=True)
                for cell, (_, wide) in zip(row, columns, strict=True)
            )
        )
    shown.print(table, width=total, crop=False, overflow="ignore", no_wrap=True)


def painted(text: str, word: str) -> None:
    """Print a text whose first word is coloured as another one is."""
    first, rest = text.split(" ", 1)
    Console(highlight=False, soft_wrap=True).print(
        Text.assemble((first, _STYLES.get(word, "")), f" {rest}")
    )
