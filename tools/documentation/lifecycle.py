"""The diagram of docs/lifecycle.md, drawn and as a table.

GitHub draws its Mermaid block. The site draws it here, without a script, and lists
every edge beside it, so that it can be searched and read aloud.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_BLOCK = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```\n", re.DOTALL)
_EDGE = re.compile(r"^ +(\w+) --> (\w+): ([\w ]+) — (.+)$", re.MULTILINE)

_WIDTH, _HEIGHT = 124, 38
#: The middle of each box.
_OPEN = {
    "SCHEDULED": (64, 160),
    "QUEUED": (330, 160),
    "RUNNING": (660, 160),
    "WAITING": (495, 44),
    "RETRYING": (495, 276),
}
_ENDS = ("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED")
_ENDS_X, _ENDS_Y, _ENDS_STEP = 836, 58, 68
_ENDS_HALF = 76
_LANE = 340  # of what goes around below
#: How far the two ways between the same boxes stand from the line between them.
_APART = 9


@dataclass(frozen=True)
class _Edge:
    source: str
    target: str
    verb: str
    why: str


def with_drawing(text: str) -> str:
    """The page with its Mermaid block drawn; other pages stay as they are."""
    return _BLOCK.sub(lambda found: _drawn(found[1]), text)


def _drawn(block: str) -> str:
    edges = [_Edge(*found) for found in _EDGE.findall(block)]
    return f"{_svg(edges)}\n\n{_table(edges)}"


def _table(edges: list[_Edge]) -> str:
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in edges:
        reasons[edge.verb, edge.why].append(f"`{edge.source}` → `{edge.target}`")
    rows = [
        f"| **{verb}** | {why} | {'<br>'.join(ways)} |"
        for (verb, why), ways in reasons.items()
    ]
    head = '??? info "Every edge, with its reason"\n\n'
    lines = ["| signal | because | moves |", "|---|---|---|", *rows]
    return head + "\n".join(f"    {line}" for line in lines) + "\n"


def _svg(edges: list[_Edge]) -> str:
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    ending: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.target in _ENDS:
            ending[edge.source].add(edge.target)
        elif edge.source != edge.target:
            between[edge.source, edge.target].append(edge.verb)
    parts = [
        *(_way(pair, dict.fromkeys(verbs)) for pair, verbs in between.items()),
        *(_end(source) for source in ending),
        *(_box(name, *place) for name, place in _OPEN.items()),
        (
            f'<rect class="ends" x="{_ENDS_X - _ENDS_HALF}" y="16" height="288"'
            f' width="{2 * _ENDS_HALF}"'
            ' rx="14"/>'
        ),
        *(
            _box(name, _ENDS_X, _ENDS_Y + _ENDS_STEP * number, "end")
            for number, name in enumerate(_ENDS)
        ),
    ]
    return (
        '<figure class="lifecycle"><svg viewBox="0 0 914 352" role="img"'
        ' aria-label="The statuses of a job and the ways between them; the table below'
        ' lists each">'
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5"'
        ' markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0 10 5 0 10z"/></marker></defs>'
        f"{''.join(parts)}</svg></figure>"
    )


def _box(name: str, x: float, y: float, kind: str = "open") -> str:
    return (
        f'<g class="{kind}"><rect x="{x - _WIDTH / 2}" y="{y - _HEIGHT / 2}"'
        f' width="{_WIDTH}" height="{_HEIGHT}" rx="10"/>'
        f'<text x="{x}" y="{y + 5}">{name}</text></g>'
    )


def _way(pair: tuple[str, str], verbs: dict[str, None]) -> str:
    (x, y), (to_x, to_y) = (_OPEN[name] for name in pair)
    far = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
    # To the left of who goes it.
    aside_x, aside_y = (to_y - y) / far * _APART, (x - to_x) / far * _APART
    is_level = y == to_y
    across = _WIDTH / 2 / abs(to_x - x) if is_level else _HEIGHT / 2 / abs(to_y - y)
    # Where it is aside of a slope, it meets the edges of the boxes a little later.
    shift = 0 if is_level else aside_y / (to_y - y)
    start, end = (
        (x + (to_x - x) * part + aside_x, y + (to_y - y) * part + aside_y)
        for part in (across - shift, 1 - across - shift)
    )
    # On a slope nearer to the begin, or those of its two ways would meet.
    part = 0.5 if is_level else 0.34
    label_x = start[0] + (end[0] - start[0]) * part
    label_y = start[1] + (end[1] - start[1]) * part
    if is_level:
        label_y += 17 if aside_y > 0 else -7
        anchor = "middle"
    else:
        label_x, label_y = label_x + (8 if aside_x > 0 else -8), label_y + 4
        anchor = "start" if aside_x > 0 else "end"
    return (
        _line([start, end]) + f'<text class="verb" x="{label_x:.0f}" y="{label_y:.0f}"'
        f' text-anchor="{anchor}">{escape(", ".join(verbs))}</text>'
    )


def _end(source: str) -> str:
    x, y = _OPEN[source]
    edge = _ENDS_X - _ENDS_HALF
    if source in {"WAITING", "RUNNING"}:
        return _line([(x + _WIDTH / 2, y), (edge, y)])
    return _line([(x, y + _HEIGHT / 2), (x, _LANE), (_ENDS_X, _LANE), (_ENDS_X, 304)])


def _line(points: list[tuple[float, float]]) -> str:
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}" + "".join(
        f"L{x:.0f} {y:.0f}" for _, (x, y) in pairwise(points)
    )
    return f'<path class="way" d="{path}" marker-end="url(#arrow)"/>'
