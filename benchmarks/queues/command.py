"""The comparison, by turns, and what it reports."""

import argparse
import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.cluster import fresh_database
from benchmarks.queues.measure import Bench, Rate
from benchmarks.queues.systems import graphile_worker, jobwire, pgqueuer
from benchmarks.rounds import NO_BAR, Ratio, Report
from jobwire.models.database_url import parse

ROUNDS = 5
JOBS = 20_000
#: Jobs that are enqueued singly; in batches it is ten times as many.
ENQUEUED = 8_000
#: Jobs of one round that are sent at a pace.
PACED = 100

OURS, NODE, PYTHON = "Jobwire", "graphile-worker", "PGQueuer"


class Comparison:
    """The systems, by turns."""

    def __init__(self, benches: Sequence[Bench], rounds: int, report: Report) -> None:
        self._benches = benches
        self._rounds = rounds
        self._report = report

    async def work(self, jobs: int) -> None:
        """A backlog of no-ops on one worker."""
        what = f"no-op jobs of one worker, from a backlog of {jobs:,}"
        rates = await self._rates(what, lambda bench: bench.run(jobs))
        self._compare(what, rates, ((NODE, "≥ 1.0"), (PYTHON, "≥ 2.0")))

    async def enqueue(self, jobs: int) -> None:
        """Jobs one by one, of 16 callers."""
        what = "enqueue by 16 callers, each job by itself"
        rates = await self._rates(what, lambda bench: bench.enqueue("singly", jobs))
        self._compare(what, rates, ((PYTHON, "≥ 2.0"), (NODE, NO_BAR)))

    async def batches(self, jobs: int) -> None:
        """Jobs in statements of 1,000, of 16 callers."""
        what = "enqueue by 16 callers, 1,000 jobs in a statement"
        rates = await self._rates(what, lambda bench: bench.enqueue("batches", jobs))
        self._compare(what, rates, ((PYTHON, NO_BAR), (NODE, NO_BAR)))

    async def latency(self, jobs: int) -> None:
        """From before the enqueue to the start, at 20 jobs a second."""
        what = "enqueue to start at 20 jobs/s"
        rounds = await self._by_turns(lambda bench: bench.latencies(jobs))
        values = {
            name: [
                {
                    "p50 ms": statistics.median(one),
                    "p99 ms": statistics.quantiles(one, n=100)[98],
                }
                for one in told
            ]
            for name, told in rounds.items()
        }
        self._report.add(what, values)
        for key, bar in (("p50 ms", "≤ 1.0"), ("p99 ms", "≤ 1.0")):
            times = {name: [one[key] for one in told] for name, told in values.items()}
            peers = zip(times[NODE], times[PYTHON], strict=True)
            fastest = [min(both) for both in peers]
            of = f"the {key[:3]} of the faster peer"
            self._report.compare(Ratio.within(what, of, bar, times[OURS], fastest))

    async def _by_turns(
        self, measure: Callable[[Bench], Awaitable[Any]]
    ) -> dict[str, list[Any]]:
        measured: dict[str, list[Any]] = {
            bench.system.name: [] for bench in self._benches
        }
        for number in range(self._rounds):
            order = self._benches if number % 2 else self._benches[::-1]
            for bench in order:
                measured[bench.system.name].append(await measure(bench))
        return measured

    async def _rates(
        self, what: str, measure: Callable[[Bench], Awaitable[Rate]]
    ) -> dict[str, list[float]]:
        rounds = await self._by_turns(measure)
        self._report.add(
            what,
            {
                name: [
                    {"jobs/s": one.per_second, "µs of CPU per job": one.cpu}
                    for one in rates
                ]
                for name, rates in rounds.items()
            },
        )
        return {
            name: [one.per_second for one in rates] for name, rates in rounds.items()
        }

    def _compare(
        self,
        what: str,
        rates: dict[str, list[float]],
        bars: Sequence[tuple[str, str]],
    ) -> None:
        for peer, bar in bars:
            self._report.compare(
                Ratio.within(what, peer, bar, rates[OURS], rates[peer])
            )


async def _compare(url: str, options: argparse.Namespace) -> None:
    server = parse(url)
    benches = [
        Bench(system(), server) for system in (jobwire, graphile_worker, pgqueuer)
    ]
    for bench in benches:
        await bench.install()
    report = Report("queues")
    comparison = Comparison(benches, options.rounds, report)
    for what, count in (
        ("work", options.jobs),
        ("enqueue", ENQUEUED),
        ("batches", 10 * ENQUEUED),
        ("latency", PACED),
    ):
        if what in options.only:
            await getattr(comparison, what)(count)
    if options.out is not None:
        report.write(options.out)


def main(arguments: Sequence[str] = ()) -> None:
    """Compare."""
    everything = ("work", "enqueue", "batches", "latency")
    parser = argparse.ArgumentParser(prog="./dev bench queues")
    parser.add_argument("--only", nargs="+", choices=everything, default=everything)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    with fresh_database() as url:
        asyncio.run(_compare(url, options))
