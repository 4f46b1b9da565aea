"""How fast, and how cheaply, one change reaches thousands of sockets.

The same changes go to the same number of watchers of three servers, by turns.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.cluster import fresh_database
from benchmarks.rounds import Ratio, Report
from benchmarks.watched.servers import bare, graphql_ws, jobwire
from benchmarks.watched.watchers import Measured, Watchers
from jobwire.migrations import migrate
from jobwire.models.database_url import parse

#: Watchers, changes in one burst, and how often.
SIZES = ((1000, 10, 7), (5000, 4, 5))
FASTER_THAN_NODE = "≥ 1.8"
CPU_OF_NODE = "≤ 0.5"
AS_FAST_AS_BARE = "≥ 0.77"


async def compare(
    count: int, changes: int, rounds: int, url: str, report: Report
) -> None:
    """Report the rounds of one number of watchers."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [
            await stack.enter_async_context(jobwire(url, folder)),
            stack.enter_context(graphql_ws()),
            stack.enter_context(bare()),
        ]
        watchers = [Watchers(server, count) for server in servers]
        for one in watchers:
            await one.start()
            stack.push_async_callback(one.stop)
        for number in range(rounds + 1):
            # The first round warms up; who comes first changes from round to round.
            for one in watchers if number % 2 else reversed(watchers):
                await one.round(changes, counts=number > 0)
    what = f"one change to {count:,} watchers, {changes} changes at once"
    measured = {one.server.name: one.measured for one in watchers}
    report.add(what, {name: _rounds(one) for name, one in measured.items()})
    ours, theirs, least = measured.values()
    for of, bar, figures, peer in (
        ("graphql-ws", FASTER_THAN_NODE, ours.rates, theirs.rates),
        ("the CPU of graphql-ws", CPU_OF_NODE, ours.costs, theirs.costs),
        ("bare Starlette", AS_FAST_AS_BARE, ours.rates, least.rates),
    ):
        report.compare(Ratio.within(what, of, bar, figures, peer))


def _rounds(measured: Measured) -> list[dict[str, float]]:
    """Return the columns of the report, of each round."""
    return [
        {"deliveries/s": rate, "µs of CPU each": cost, "p50 ms": p50, "p99 ms": p99}
        for rate, cost, p50, p99 in zip(
            measured.rates, measured.costs, measured.p50, measured.p99, strict=True
        )
    ]


async def _main(url: str, out: Path | None) -> None:
    await migrate(parse(url))
    report = Report("fanout")
    for count, changes, rounds in SIZES:
        await compare(count, changes, rounds, url, report)
    if out is not None:
        report.write(out)


def main(arguments: Sequence[str] = ()) -> None:
    """Compare at each size."""
    parser = argparse.ArgumentParser(prog="./dev bench fanout")
    parser.add_argument("--out", type=Path, help="a file for the figures")
    options = parser.parse_args(arguments)
    with fresh_database() as url:
        asyncio.run(_main(url, options.out))


if __name__ == "__main__":
    main()
