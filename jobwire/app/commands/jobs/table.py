"""A table of text that fits its width: columns shrink, then go, before a line wraps."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

#: What stands between two columns.
GAP = "  "
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        heading: What stands above it.
        cells: Its cells, one a row.
        least: How narrow it may be made; None: it is shown whole.
        rank: Which goes first when the narrowest table is too wide, from 1 on; 0: it
            always stays.
    """

    heading: str
    cells: Sequence[str]
    least: int | None = None
    rank: int = 0

    @property
    def natural(self) -> int:
        """How wide it is by itself."""
        return max(map(_width, (self.heading, *self.cells)))

    @property
    def narrowest(self) -> int:
        """How wide it has to be."""
        return self.natural if self.least is None else min(self.least, self.natural)


def lay_out(columns: Sequence[Column], width: int | None) -> list[str]:
    """Write the lines of a table, its headings first.

    Args:
        columns: From left to right.
        width: How wide a line may be; None: as wide as it is.
    """
    fitted = fit(columns, width)
    widths = [wide for _, wide in fitted]
    rows = zip(*((column.heading, *column.cells) for column, _ in fitted), strict=True)
    return [GAP.join(map(cut, row, widths)).rstrip() for row in rows]


def fit(columns: Sequence[Column], width: int | None) -> list[tuple[Column, int]]:
    """Return the columns that stay, and how wide each is."""
    kept = list(columns) if width is None else _kept(columns, width)
    widths = [column.natural for column in kept]
    if width is not None:
        _shrink(widths, [column.narrowest for column in kept], width)
    return list(zip(kept, widths, strict=True))


def _kept(columns: Sequence[Column], width: int) -> list[Column]:
    kept = list(columns)
    for going in sorted((one for one in columns if one.rank), key=lambda one: one.rank):
        if _total([column.narrowest for column in kept]) <= width:
            break
        kept.remove(going)
    return kept


def _shrink(widths: list[int], narrowest: list[int], width: int) -> None:
    """Take from the widest column that can give, until the line fits."""
    while _total(widths) > width:
        giving = [
            place for place, least in enumerate(narrowest) if widths[place] > least
        ]
        if not giving:
            return
        widths[max(giving, key=lambda place: widths[place])] -= 1


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def cut(text: str, width: int) -> str:
    """Cut or fill a text to a width in cells of a terminal."""
    if _width(text) > width:
        while _width(text) > width - len(_CUT):
            text = text[:-1]
        text += _CUT
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Count the cells that a terminal shows text in."""
    return sum(
        0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1
        for one in text
    )
