"""How fast, and how cheaply, one change reaches thousands of sockets.

The same changes go to the same number of watchers of three servers, by turns.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from benchmarks.cluster import fresh_database
from benchmarks.watched.servers import bare, graphql_ws, jobwire
from benchmarks.watched.watchers import Measured, Watchers
from jobwire.migrations import migrate
from jobwire.models.database_url import parse

#: Watchers, changes in one burst, and how often.
SIZES = ((1000, 10, 7), (5000, 4, 5))
FASTER_THAN_NODE = 1.8
CPU_OF_NODE = 0.5
SLOWER_THAN_BARE = 1.3


async def compare(count: int, changes: int, rounds: int, url: str) -> None:
    """Print the medians of some rounds, and the ratios within each round."""
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
    _report(count, {one.server.name: one.measured for one in watchers})


def _report(count: int, measured: dict[str, Measured]) -> None:
    """Print what the three servers gave: ours, the one on Node, the bare one."""
    print(f"{count:,} watchers")
    for name, one in measured.items():
        print(
            f"  {name:15} {median(one.rates):8,.0f} deliveries/s,"
            f" {median(one.costs):5.1f} µs of CPU each,"
            f" p50 {median(one.p50):4.0f} ms, p99 {median(one.p99):4.0f} ms"
        )
    ours, theirs, least = measured.values()
    rate, cost = "times the deliveries a second of", "times the CPU per delivery of"
    for ratio, what, of, target in (
        (_ratio(ours.rates, theirs.rates), rate, "graphql-ws", f"≥ {FASTER_THAN_NODE}"),
        (_ratio(ours.costs, theirs.costs), cost, "graphql-ws", f"≤ {CPU_OF_NODE}"),
        (
            _ratio(ours.rates, least.rates),
            rate,
            "bare Starlette",
            f"≥ {1 / SLOWER_THAN_BARE:.2f}",
        ),
    ):
        print(f"  {ratio:5.2f} {what} {of} (target {target})")


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))


async def _main(url: str) -> None:
    await migrate(parse(url))
    for count, changes, rounds in SIZES:
        await compare(count, changes, rounds, url)


def main() -> None:
    """Compare at each size."""
    with fresh_database() as url:
        asyncio.run(_main(url))


if __name__ == "__main__":
    main()
