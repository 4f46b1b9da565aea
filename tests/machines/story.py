"""A day of an installation on three machines, told to whoever started it.

    unshare --net python -m tests.machines.story FOLDER

Callers ask and watchers follow all the time. A worker is killed, every process is
replaced, and a machine is cut off; the last line says what came of it, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import SecretStr

from benchmarks.chaos.clients import Client, Ledger
from benchmarks.chaos.journal import read_journal
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.processes import SECRET
from benchmarks.chaos.verdict import Told, judge
from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope
from jobwire.migrations import migrate
from jobwire.models.database_url import parse
from tests.machines.balancer import Balancer
from tests.machines.installation import LEASE, PATIENCE, Node, database, holders
from tests.machines.network import Network
from tests.machines.watcher import Watcher

#: Seconds after which the whole story is given up, on a busy machine.
ALARM = 560
CALLERS = 3
WATCHERS = 4
#: How long an answer may take, in seconds: that of a machine cut off comes late.
ANSWER = 60.0
#: Callers never stop for long, so that every deed falls among their requests.
PLAN = Plan(seconds=3600, seed=7, executors=("INTERNAL",))
_OPEN = "SELECT count(*) FROM worker_jobs WHERE finished IS NULL"
_RUNNING = """
SELECT leased_by, count(*) FROM worker_jobs WHERE status = 'RUNNING' GROUP BY 1"""


async def main(folder: Path) -> dict[str, Any]:
    """Tell what came of it.

    Raises:
        TimeoutError: It was given up; its processes have ended.
    """
    async with asyncio.timeout(ALARM):
        return await _tell(folder)


async def _tell(folder: Path) -> dict[str, Any]:
    (folder / "journal").mkdir()
    with Network(3) as network:
        async with database(folder / "postgres") as url:
            await migrate(parse(url))
            nodes = [Node(machine, folder, url) for machine in network.machines]
            try:
                for node in nodes:
                    node.start()
                for node in nodes:
                    await node.ready()
                connection = await asyncpg.connect(url)
                return await _Story(nodes, connection, folder).tell()
            finally:
                for node in nodes:
                    node.machine.heal()
                    node.kill()


class _Story:
    def __init__(
        self, nodes: Sequence[Node], connection: asyncpg.Connection, folder: Path
    ) -> None:
        self._nodes = nodes
        self._connection = connection
        self._folder = folder
        self._ledger = Ledger()
        token = mint_token(
            SecretStr(SECRET),
            user_id="chaos",
            scopes=[Scope.JOBS_READ],
            lifetime=timedelta(hours=1),
            now=SystemClock().now(),
        )
        self._balancer = Balancer([node.url for node in nodes])
        self._watchers = [Watcher(self._balancer, token) for _ in range(WATCHERS)]

    async def tell(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        async with self._watching():
            async with self._asking():
                found["duties"] = await self._lose_a_worker()
                found["unanswered"] = await self._replace_everything()
                found["cut"] = await self._cut_a_machine_off()
            await self._converge()
            return found | await self._judge()

    async def _lose_a_worker(self) -> dict[str, float]:
        """Kill the worker with most duties; return when others have them, by name."""
        before = await holders(self._connection)
        [(lost, _)] = Counter(before.values()).most_common(1)
        names = [name for name, holder in before.items() if holder == lost]
        [node] = [one for one in self._nodes if one.is_worker(lost)]
        node.worker.kill()
        began, taken = time.monotonic(), dict[str, float]()
        while len(taken) < len(names) and time.monotonic() - began < PATIENCE:
            now = await holders(self._connection)
            for name in names:
                if name not in taken and now.get(name, lost) != lost:
                    taken[name] = time.monotonic() - began
            await asyncio.sleep(0.05)
        node.worker.start()
        await node.ready()
        return {name: taken.get(name, PATIENCE) for name in names}

    async def _replace_everything(self) -> dict[str, int]:
        """Restart each machine in turn; return the requests without an answer."""
        before = self._ledger.unanswered.copy()
        for node in self._nodes:
            codes = await asyncio.gather(node.worker.end(), node.api.end())
            assert codes == [0, 0], (node.machine.name, codes)
            node.start()
            await node.ready()
            while node.url not in self._balancer.ready:
                await asyncio.sleep(0.05)
        return self._ledger.unanswered - before

    async def _cut_a_machine_off(self) -> dict[str, int]:
        """Cut a machine off among its jobs, for longer than its leases, and heal it."""
        node = self._nodes[0]
        while not (running := await self._running_on(node)):
            await asyncio.sleep(0.01)
        node.machine.cut()
        await asyncio.sleep(2 * LEASE)
        left = await self._running_on(node)
        node.machine.heal()
        await node.ready()
        while not await self._running_on(node):
            await asyncio.sleep(0.01)
        return {"running": running, "left": left}

    async def _running_on(self, node: Node) -> int:
        running = await self._connection.fetch(_RUNNING)
        return sum(one["count"] for one in running if node.is_worker(one["leased_by"]))

    async def _converge(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self._connection.fetchval(_OPEN):
                await asyncio.sleep(0.1)

    async def _judge(self) -> dict[str, Any]:
        rows = await self._connection.fetch("SELECT job_id, version FROM job_events")
        versions = {(job_id_text(one["job_id"]), one["version"]) for one in rows}
        async with asyncio.timeout(PATIENCE):
            for one in self._watchers:
                await one.has_told(versions)
        told = Told(self._ledger, read_journal(self._folder / "journal"), [], runs={})
        verdict = await judge(self._connection, told)
        return {
            "jobs": verdict.jobs,
            "wrong": {name: one for name, one in verdict.wrong.items() if one},
            "repeated": [len(one.told) - len(set(one.told)) for one in self._watchers],
            "invented": [len(set(one.told) - versions) for one in self._watchers],
            "resets": [one.resets for one in self._watchers],
            "streams": [one.streams for one in self._watchers],
        }

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        clients = [
            Client(
                ["http://balancer"],
                PLAN,
                self._ledger,
                number,
                self._balancer,
                timeout=ANSWER,
            )
            for number in range(CALLERS)
        ]
        async with _going_on(*(one.run(PLAN.seconds) for one in clients)):
            yield

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        watching = [one.run() for one in self._watchers]
        async with _going_on(self._balancer.run(), *watching):
            async with asyncio.timeout(PATIENCE):
                for one in self._watchers:
                    await one.is_live.wait()
            yield


@asynccontextmanager
async def _going_on(*deeds: Any) -> AsyncIterator[None]:
    """Let them go on during the block; what one of them raises ends it."""
    async with asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
        for deed in deeds:
            stack.callback(tasks.create_task(deed).cancel)
        yield


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(Path(sys.argv[1])))) + "\n")
