"""Let servers take turns under load, so that what they share disturbs them alike."""

import gc
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.load.comparison import Comparison, Figures
from benchmarks.load.generator import Load, ask
from benchmarks.processes import ROOT, cpu_seconds
from jobwire.jobs.clock import SystemClock

GENERATOR_CORE = 1
CONNECTIONS = 16
#: How long a server is asked in one round, and in the one before them all, in seconds.
SECONDS = 4.0
WARM_UP_SECONDS = 2.0
#: Odd, so that the median is that of a round.
ROUNDS = 7
_PACKAGES = ("strawberry-graphql", "starlette", "uvicorn", "uvloop", "asyncpg")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that is compared.

    Attributes:
        name: What it is called in the report.
        pid: Its process.
        load: What it is asked.
    """

    name: str
    pid: int
    load: Load


async def compare(
    name: str,
    title: str,
    contestants: Sequence[Contestant],
    *,
    targets: dict[str, float],
    versions: dict[str, str],
    database_pid: int,
    rounds: int = ROUNDS,
) -> Comparison:
    """Ask servers the same in turns, in the opposite order in every other round."""
    measured: list[dict[str, Figures]] = []
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {GENERATOR_CORE})
    try:
        for one in contestants:
            await _figures(one, database_pid, WARM_UP_SECONDS)
        for number in range(rounds):
            turns = contestants if number % 2 == 0 else contestants[::-1]
            took = {
                one.name: await _figures(one, database_pid, SECONDS) for one in turns
            }
            measured.append({one.name: took[one.name] for one in contestants})
    finally:
        os.sched_setaffinity(0, cores)
    return Comparison(
        name,
        title,
        targets,
        _own_versions() | versions,
        _machine(),
        SystemClock().now().isoformat(timespec="seconds"),
        measured,
    )


async def _figures(one: Contestant, database_pid: int, seconds: float) -> Figures:
    gc.collect()
    gc.disable()
    try:
        server, database = cpu_seconds(one.pid), cpu_seconds(database_pid)
        answered = await ask(one.load, connections=CONNECTIONS, seconds=seconds)
        server = cpu_seconds(one.pid) - server
        database = cpu_seconds(database_pid) - database
    finally:
        gc.enable()
    latencies = sorted(answered.latencies)
    count = len(latencies)
    return Figures(
        rate=count / answered.seconds,
        server_cpu=server / count * 1e6,
        database_cpu=database / count * 1e6,
        p50=latencies[count // 2] * 1e3,
        p99=latencies[count * 99 // 100] * 1e3,
    )


def _own_versions() -> dict[str, str]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "Jobwire": f"{version('jobwire')} ({commit.stdout.strip() or 'no checkout'})",
        "Python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def _machine() -> dict[str, str]:
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
    }
