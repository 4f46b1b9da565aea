"""A bar for each of some systems, as long as its median, with the range around it."""

from collections.abc import Mapping, Sequence
from html import escape
from statistics import median

_WIDTH, _LEFT, _RIGHT = 720, 150, 90
#: How wide a letter is, about.
_CHARACTER = 7.5
_TOP, _BAR, _GAP = 44, 24, 14
_OURS, _THEIRS, _LINE = "#2563eb", "#94a3b8", "#0f172a"


def bars(title: str, unit: str, values: Mapping[str, Sequence[float]]) -> str:
    """Draw a chart as an SVG; the first system is ours.

    Args:
        title: What was compared.
        unit: That of the values.
        values: Those of each round, by system.
    """
    height = _TOP + len(values) * (_BAR + _GAP)
    left = max(_LEFT, max(map(len, values)) * _CHARACTER)
    scale = (_WIDTH - left - _RIGHT) / max(max(each) for each in values.values())
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
            ' font-family="system-ui, sans-serif" font-size="13" role="img">'
        ),
        f"<title>{escape(title)}, {escape(unit)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="22" font-weight="600">{escape(title)}: {escape(unit)}</text>',
    ]
    for number, (name, each) in enumerate(values.items()):
        top = _TOP + number * (_BAR + _GAP)
        middle, centre = top + _BAR / 2, left + median(each) * scale
        least, most = left + min(each) * scale, left + max(each) * scale
        parts += [
            (
                f'<text x="{left - 8}" y="{middle + 4}" text-anchor="end">'
                f"{escape(name)}</text>"
            ),
            (
                f'<rect x="{left}" y="{top}" width="{centre - left:.1f}"'
                f' height="{_BAR}" fill="{_THEIRS if number else _OURS}"/>'
            ),
            (
                f'<path d="M{least:.1f} {middle}H{most:.1f}M{least:.1f} {middle - 5}v10'
                f'M{most:.1f} {middle - 5}v10" stroke="{_LINE}" fill="none"/>'
            ),
            f'<text x="{most + 8:.1f}" y="{middle + 4}">{_number(median(each))}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"  # noqa: PLR2004
