"""The command: everything is started, harmed, mended and judged."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.chaos.clients import Client, Ledger
from benchmarks.chaos.journal import read_journal
from benchmarks.chaos.monkey import Monkey
from benchmarks.chaos.plan import Plan, read_plan
from benchmarks.chaos.processes import Processes
from benchmarks.chaos.runs import read_runs
from benchmarks.chaos.verdict import ALL, SEALED, Told, Verdict, judge
from benchmarks.chaos.witness import Witness

#: Sentences shown of each line that is not 0.
SHOWN = 10
#: Seconds after the last end in which what is late may still do harm.
AFTERMATH = 2.0
#: Seconds that one open job more may take, for the emulator runs ten at once.
PER_RUN = 0.3

_OPEN = "SELECT count(*) FROM worker_jobs WHERE finished IS NULL"


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Attributes:
        converged: Seconds from the end of all faults to the end of the last job.
    """

    verdict: Verdict
    ledger: Ledger
    deeds: dict[str, int]
    converged: float


def main(arguments: Sequence[str] = ()) -> None:
    """Run chaos and print the table; exit with 1 unless all of it is 0."""
    plan = read_plan(arguments)
    folder = Path(tempfile.mkdtemp(prefix="jobwire-chaos-"))
    outcome = asyncio.run(run(plan, folder))
    print(report(plan, outcome))
    if not outcome.verdict.is_clean:
        print(f"what all sides told lies in {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


async def run(plan: Plan, folder: Path) -> Outcome:
    """Let chaos happen in a folder, and judge it."""
    processes = Processes(folder, lease=plan.lease)
    try:
        await processes.start()
        ledger, witness = Ledger(), Witness()
        watching = asyncio.create_task(witness.run(processes.cluster.url))
        monkey = Monkey(processes, plan)
        await _let_loose(monkey, processes, plan, ledger)
        converged = await _converge(processes.cluster.url, plan.converge)
        await asyncio.sleep(AFTERMATH)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        connection = await asyncpg.connect(processes.cluster.url)
        told = Told(
            ledger,
            read_journal(processes.journal),
            processes.freezes,
            read_runs(processes.state_file),
        )
        verdict = await judge(connection, told)
        verdict.wrong[SEALED] += await witness.changed(connection)
        await connection.close()
        return Outcome(verdict, ledger, dict(monkey.deeds), converged)
    finally:
        await processes.close()


async def _let_loose(
    monkey: Monkey, processes: Processes, plan: Plan, ledger: Ledger
) -> None:
    urls = [*processes.api.values()]
    clients = [Client(urls, plan, ledger, number) for number in range(plan.clients)]
    harming = asyncio.create_task(monkey.run())
    asking = [asyncio.create_task(client.run(plan.seconds)) for client in clients]
    try:
        for task in asking:
            await task
    finally:
        harming.cancel()
        await asyncio.gather(harming, *asking, return_exceptions=True)
    if (error := None if harming.cancelled() else harming.exception()) is not None:
        raise error
    await monkey.mend()


async def _converge(url: str, bound: float) -> float:
    """Wait until no job is open, or for as long as that may take; return how long."""
    began = time.monotonic()
    connection = await asyncpg.connect(url)
    try:
        bound += await connection.fetchval(_OPEN) * PER_RUN
        while time.monotonic() - began < bound:
            if not await connection.fetchval(_OPEN):
                break
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    return time.monotonic() - began


def report(plan: Plan, outcome: Outcome) -> str:
    """Write the table, and what is wrong in it."""
    verdict, ledger = outcome.verdict, outcome.ledger
    deeds = ", ".join(
        f"{count} {deed}" for deed, count in sorted(outcome.deeds.items())
    )
    ends = ", ".join(f"{count} {end}" for end, count in sorted(verdict.ends.items()))
    lines = [
        f"chaos of {plan.seconds:g} s with seed {plan.seed}: {deeds}",
        f"{'jobs':40}{verdict.jobs:6}   {ends}",
        f"{'cancels answered':40}{sum(map(len, ledger.cancels.values())):6}",
        f"{'retries answered':40}{len(ledger.retries):6}",
        f"{'requests without an answer':40}{ledger.unanswered.total():6}",
        *(f"{name:40}{len(verdict.wrong[name]):6}" for name in ALL),
        f"{'seconds to converge':40}{outcome.converged:6.1f}",
    ]
    for name in ALL:
        shown = verdict.wrong[name][:SHOWN]
        lines += [f"{name}:", *(f"  {what}" for what in shown)] if shown else []
    return "\n".join(lines)
