"""What rounds of several systems gave, and ours to theirs within each."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: Of what nothing is to be reached.
NO_BAR = "none"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours to theirs within each round.

    Attributes:
        what: What is compared.
        of: With whom.
        bar: What it is to reach.
        median: Over the rounds.
        least: The worst or best of them …
        most: … and the other end.
    """

    what: str
    of: str
    bar: str
    median: float
    least: float
    most: float

    @classmethod
    def within(
        cls,
        what: str,
        of: str,
        bar: str,
        ours: Sequence[float],
        theirs: Sequence[float],
    ) -> "Ratio":
        """Compare round by round."""
        ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
        return cls(what, of, bar, statistics.median(ratios), min(ratios), max(ratios))


class Report:
    """What was measured, told as it comes and written as JSON at the end."""

    def __init__(self, benchmark: str) -> None:
        """Begin the report of a benchmark, by its name."""
        self._benchmark = benchmark
        self._values: dict[str, dict[str, list[dict[str, float]]]] = {}
        self._ratios: list[Ratio] = []

    def add(self, what: str, values: dict[str, list[dict[str, float]]]) -> None:
        """Take in the rounds of one measurement, by system, and print medians."""
        self._values[what] = values
        print(what)
        for name, rounds in values.items():
            told = ", ".join(
                f"{key} {statistics.median(one[key] for one in rounds):,.1f}"
                for key in rounds[0]
            )
            print(f"  {name:16} {told}")

    def compare(self, ratio: Ratio) -> None:
        """Take in a ratio and print it."""
        self._ratios.append(ratio)
        print(
            f"  {ratio.median:5.2f} ({ratio.least:.2f}-{ratio.most:.2f}) times"
            f" {ratio.of} (bar {ratio.bar})"
        )

    def write(self, file: Path) -> None:
        """Write everything as JSON."""
        told = {
            "benchmark": self._benchmark,
            "values": self._values,
            "ratios": [asdict(ratio) for ratio in self._ratios],
        }
        file.write_text(json.dumps(told, indent=1) + "\n")
