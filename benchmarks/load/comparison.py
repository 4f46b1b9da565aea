"""What was measured of servers that were asked the same, and how ours compares."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server gave in one round.

    Attributes:
        rate: Answers a second.
        server_cpu: Microseconds of CPU of its process tree for each.
        database_cpu: The same of PostgreSQL.
        p50: Milliseconds to an answer.
        p99: The same of the slowest.
    """

    rate: float
    server_cpu: float
    database_cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Servers that were asked the same in turns; the first one is ours.

    Attributes:
        name: A word for files.
        title: What they were asked.
        targets: How many times their rate ours shall be at least.
        versions: Of what took part.
        machine: What it ran on.
        measured_at: When, as ISO 8601.
        rounds: What each gave, by its name.
    """

    name: str
    title: str
    targets: dict[str, float]
    versions: dict[str, str]
    machine: dict[str, str]
    measured_at: str
    rounds: list[dict[str, Figures]]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Comparison":
        """Read what `to_json` returned."""
        rounds = [
            {name: Figures(**figures) for name, figures in one.items()}
            for one in given["rounds"]
        ]
        return cls(**{**given, "rounds": rounds})

    @property
    def names(self) -> list[str]:
        """The servers; ours comes first."""
        return list(self.rounds[0])

    def median_of(self, name: str, figure: str) -> float:
        """Return what a server gave in the middle one of the rounds."""
        each: list[float] = [getattr(one[name], figure) for one in self.rounds]
        return median(each)

    def ratios(self, name: str, figure: str = "rate") -> list[float]:
        """Return how many times that of a peer ours was in each round, in order."""
        ours = self.names[0]
        return sorted(
            getattr(one[ours], figure) / getattr(one[name], figure)
            for one in self.rounds
        )

    def lines(self) -> list[str]:
        """Write it for a terminal."""
        told = [self.title]
        for name in self.names:
            rate, p50, p99, server, database = (
                self.median_of(name, figure)
                for figure in ("rate", "p50", "p99", "server_cpu", "database_cpu")
            )
            told.append(
                f"  {name:16} {rate:7,.0f}/s, {server:6,.0f} µs of CPU each and"
                f" {database:4,.0f} µs in PostgreSQL, p50 {p50:5.1f} ms,"
                f" p99 {p99:5.1f} ms"
            )
        for name in self.names[1:]:
            rates, costs = self.ratios(name), self.ratios(name, "server_cpu")
            target = f" (target ≥ {self.targets[name]})" if name in self.targets else ""
            told.append(
                f"  {median(rates):5.2f} ({rates[0]:.2f}-{rates[-1]:.2f}) times the"
                f" rate of {name}{target}, {median(costs):.2f}"
                f" ({costs[0]:.2f}-{costs[-1]:.2f}) times its CPU for each"
            )
        return told
