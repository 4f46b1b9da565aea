"""The comparison: the same changes to the same number of watchers, by turns."""

import asyncio
import json
import os
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cluster import fresh_database
from benchmarks.fanout.servers import NODE, Server, bare, graphql_ws, jobwire, node
from jobwire.migrations import migrate
from jobwire.models.database_url import parse

#: Watchers, changes in one burst, and how often.
SIZES = ((1000, 10, 7), (5000, 4, 5))
WATCHERS_CORE = 1
FASTER_THAN_NODE = 1.8
CPU_OF_NODE = 0.5
SLOWER_THAN_BARE = 1.3
#: How long watchers may take for anything, in seconds.
PATIENCE = 120


@dataclass(slots=True)
class Measured:
    """What the rounds of one server gave.

    Attributes:
        rates: Deliveries a second.
        costs: Microseconds of the server's CPU for each.
        p50: Milliseconds from a change to its delivery.
        p99: The same of the slowest.
    """

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


class Watchers:
    """The watchers of one server, a process on the second core."""

    def __init__(self, server: Server, count: int) -> None:
        self.server = server
        self.measured = Measured()
        self._count = count
        self._process: asyncio.subprocess.Process

    async def start(self, **given: Any) -> None:
        """Connect them all.

        Args:
            given: What they are told otherwise than the server says.
        """
        given = {**self.server.watchers, "watchers": self._count, **given}
        self._process = await asyncio.create_subprocess_exec(
            node(),
            str(NODE / "watchers.mjs"),
            json.dumps(given),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        os.sched_setaffinity(self._process.pid, {WATCHERS_CORE})
        await self._line()

    async def round(self, changes: int, *, counts: bool) -> None:
        """Make changes and wait until everybody has got them all."""
        deliveries = changes * self._count
        if self._process.stdin is not None:
            self._process.stdin.write(f"{deliveries}\n".encode())
        before = self.server.cpu()
        await self.server.publish(changes)
        took: dict[str, Any] = json.loads(await self._line())
        used = self.server.cpu() - before
        if counts:
            self.measured.rates.append(deliveries / took["took"] * 1000)
            self.measured.costs.append(used / deliveries * 1e6)
            self.measured.p50.append(took["p50"])
            self.measured.p99.append(took["p99"])

    async def stop(self) -> None:
        """Disconnect them."""
        self._process.kill()
        await self._process.wait()

    async def _line(self) -> str:
        line = b""
        if self._process.stdout is not None:
            async with asyncio.timeout(PATIENCE):
                line = await self._process.stdout.readline()
        if not line:
            raise SystemExit(f"The watchers of {self.server.name} have ended.")
        return line.decode()


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
