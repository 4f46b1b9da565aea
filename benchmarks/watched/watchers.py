"""Many watchers of one server, a process on the second core."""

import asyncio
import json
import os
from dataclasses import dataclass, field
from typing import Any

from benchmarks.watched.servers import NODE, Server, node

WATCHERS_CORE = 1
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
