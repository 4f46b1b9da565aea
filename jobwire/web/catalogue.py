"""A catalogue of figures: what they are called and how those of processes add up."""

from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

#: Seconds, from a statement to a job that takes its time.
_LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Over(StrEnum):
    """What the figures of several processes come to."""

    #: Each process counts its own part: add them up.
    SUM = "sum"
    #: Each tells of itself: look for the largest.
    MAX = "max"
    #: All read the same from the database: take it from any one.
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is known of a figure besides its values.

    Attributes:
        name: As scraped: counters end in `_total`.
        kind: counter, gauge or histogram.
        about: What it says, in sentences.
        labels: Their names.
        over: What those of several processes come to.
    """

    name: str
    kind: str
    about: str
    labels: tuple[str, ...]
    over: Over


class RunningTotal:
    """A counter of what something else counts from its start on."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._reached = 0.0

    def reach(self, total: float) -> None:
        """Bring the counter to what has been counted by now."""
        self._counter.inc(max(total - self._reached, 0))
        self._reached = max(total, self._reached)


class Catalogue:
    """Makes the figures of one registry, and knows them all."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.figures: list[Figure] = []
        self._registry = registry

    def counter(self, name: str, about: str, *labels: str) -> Counter:
        """Make a counter; its name ends in `_total`."""
        self.figures.append(Figure(name, "counter", about, labels, Over.SUM))
        return Counter(
            name.removesuffix("_total"), about, labels, registry=self._registry
        )

    def total(self, name: str, about: str) -> RunningTotal:
        """Make a counter of what something else counts."""
        return RunningTotal(self.counter(name, about))

    def gauge(self, name: str, about: str, *labels: str, over: Over) -> Gauge:
        """Make a gauge."""
        self.figures.append(Figure(name, "gauge", about, labels, over))
        told = f"{about} The same on every process." if over is Over.ONE else about
        return Gauge(name, told, labels, registry=self._registry)

    def histogram(self, name: str, about: str, *labels: str) -> Histogram:
        """Make a histogram of latencies in seconds."""
        self.figures.append(Figure(name, "histogram", about, labels, Over.SUM))
        return Histogram(
            name, about, labels, buckets=_LATENCIES, registry=self._registry
        )
