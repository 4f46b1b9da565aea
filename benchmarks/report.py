"""Write what benchmarks left in a folder into docs/benchmarks.md, as tables and charts.

    ./dev bench report [--measure] [--from DIR]

With `--measure` all of them are run first, one after the other.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.chart import bars
from benchmarks.load.comparison import Comparison
from benchmarks.processes import ROOT
from benchmarks.rounds import NO_BAR

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"
#: What is run, and where in the folder its figures go.
MEASURED = {
    "reads": ".",
    "writes": ".",
    "webhook": ".",
    "queues": "queues.json",
    "fanout": "fanout.json",
    "growth": "growth.json",
}
#: In which order they are shown; others come after them.
ORDER = ("page", "job", "schedule", "webhook", "growth")

#: The columns of what is asked over HTTP, by the figures of a round.
_COLUMNS = {
    "answers/s": "rate",
    "server CPU, µs each": "server_cpu",
    "PostgreSQL CPU, µs each": "database_cpu",
    "p50, ms": "p50",
    "p99, ms": "p99",
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times a peer's figure ours was, over the rounds.

    Attributes:
        of: The peer.
        median: Of the rounds.
        least: The smallest.
        most: The largest.
        bar: What it is to reach; "": nothing.
        cost: The same of the CPU for each answer, as a median; None: not told.
    """

    of: str
    median: float
    least: float
    most: float
    bar: str
    cost: float | None = None

    def __str__(self) -> str:
        """Write it as a sentence's beginning."""
        bar = f", to reach {self.bar}" if self.bar else ""
        told = f"**{self.median:.2f}** ({self.least:.2f}-{self.most:.2f})"
        cost = "" if self.cost is None else f"; {self.cost:.2f} times its CPU for each"
        return f"{told} times {self.of}{bar}{cost}"


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison.

    Attributes:
        name: A word for files.
        title: What was compared.
        figures: By system, then by column, that of each round.
        ratios: Ours to those of the peers.
        footnote: On what, with what, and when it was measured; "": not told.
    """

    name: str
    title: str
    figures: dict[str, dict[str, list[float]]]
    ratios: list[Ratio]
    footnote: str

    def markdown(self) -> Iterator[str]:
        """Write its chapter, line by line."""
        columns = list(next(iter(self.figures.values())))
        yield f"### {self.title}\n"
        yield f"![{self.title}](images/benchmark-{self.name}.svg)\n"
        yield f"| | {' | '.join(columns)} |"
        yield f"|---|{'---:|' * len(columns)}"
        for system, figures in self.figures.items():
            cells = " | ".join(_spread(figures[column]) for column in columns)
            yield f"| {system} | {cells} |"
        yield ""
        for ratio in self.ratios:
            yield f"- {ratio}"
        yield f"\n{self.footnote}\n" if self.footnote else ""

    def chart(self) -> str:
        """Draw its first column as an SVG."""
        column = next(iter(next(iter(self.figures.values()))))
        values = {name: figures[column] for name, figures in self.figures.items()}
        return bars(self.title, column, values)


def read(folder: Path) -> list[Result]:
    """Read what benchmarks have left, in the order in which it is shown."""
    results = [
        result
        for file in sorted(folder.glob("*.json"))
        for result in _results(json.loads(file.read_text()))
    ]
    return sorted(
        results,
        key=lambda one: ORDER.index(one.name) if one.name in ORDER else len(ORDER),
    )


def render(results: Sequence[Result], page: Path, images: Path) -> None:
    """Put the results between the markers of a page, and their charts in a folder."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = "\n".join(line for result in results for line in result.markdown())
    page.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}")
    for result in results:
        (images / f"benchmark-{result.name}.svg").write_text(result.chart())


def _results(given: dict[str, Any]) -> Iterator[Result]:
    if "sizes" in given:
        yield _of_growth(given)
    elif "values" in given:
        yield from _of_rounds(given)
    else:
        yield _of_load(Comparison.from_json(given))


def _of_load(compared: Comparison) -> Result:
    figures = {
        name: {
            column: [getattr(one[name], figure) for one in compared.rounds]
            for column, figure in _COLUMNS.items()
        }
        for name in compared.names
    }
    ratios = []
    for name in compared.names[1:]:
        each = compared.ratios(name)
        bar = f"≥ {compared.targets[name]}" if name in compared.targets else ""
        cost = median(compared.ratios(name, "server_cpu"))
        ratios.append(Ratio(name, median(each), each[0], each[-1], bar, cost))
    machine, versions = compared.machine, compared.versions
    footnote = (
        f"{len(compared.rounds)} rounds on {compared.measured_at[:10]}:"
        f" {machine['processor']}, {machine['cores']} cores, {machine['memory']},"
        f" {machine['system']}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + "."
    )
    return Result(compared.name, compared.title, figures, ratios, footnote)


def _of_rounds(given: dict[str, Any]) -> Iterator[Result]:
    """Read what `benchmarks.rounds` writes: several comparisons in one file."""
    for number, (what, systems) in enumerate(given["values"].items(), start=1):
        figures = {
            system: {key: [one[key] for one in rounds] for key in rounds[0]}
            for system, rounds in systems.items()
        }
        ratios = [
            Ratio(
                one["of"],
                one["median"],
                one["least"],
                one["most"],
                "" if one["bar"] == NO_BAR else one["bar"],
            )
            for one in given["ratios"]
            if one["what"] == what
        ]
        title = what[0].upper() + what[1:]
        yield Result(f"{given['benchmark']}-{number}", title, figures, ratios, "")


def _of_growth(given: dict[str, Any]) -> Result:
    """Read what `benchmarks.growth` writes: how long each took, by size."""
    first, *others = (str(size) for size in given["sizes"])
    figures: dict[str, dict[str, list[float]]] = {}
    for name, of_sizes in given["values"].items():
        times = {
            f"{int(size):,} jobs to {int(first):,}": [
                one / least
                for one, least in zip(of_sizes[size], of_sizes[first], strict=True)
            ]
            # The chart shows the first one.
            for size in reversed(others)
        }
        milliseconds = {
            f"{int(size):,} jobs, ms": of_sizes[size] for size in (first, *others)
        }
        figures[name] = times | milliseconds
    footnote = (
        f"Pages are to take at most {given['target']} times as long. A sparse filter is"
        " refused once 10,000 jobs were looked at, which a small table does not have."
    )
    return Result("growth", "As the table grows: p50 of each", figures, [], footnote)


def _spread(values: Sequence[float]) -> str:
    """Write a median and the range around it."""
    digits = 0 if median(values) >= 100 else 1  # noqa: PLR2004 - three digits say it
    middle, least, most = median(values), min(values), max(values)
    return f"{middle:,.{digits}f} ({least:,.{digits}f}-{most:,.{digits}f})"


def main(arguments: Sequence[str] = ()) -> None:
    """Write the page, perhaps after measuring everything anew."""
    parser = argparse.ArgumentParser(prog="./dev bench report")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--from", dest="folder", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    if options.measure:
        for name, place in MEASURED.items():
            print(f"── {name}", flush=True)
            benchmark = import_module(f"benchmarks.{name}")
            benchmark.main(["--out", str(options.folder / place)])
    render(read(options.folder), PAGE, IMAGES)


if __name__ == "__main__":
    main()
