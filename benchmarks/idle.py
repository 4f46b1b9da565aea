"""What `jobwire dev` costs when nothing happens: memory beside PostgreSQL, and CPU."""

import os
import time
from pathlib import Path

from benchmarks.dev_process import dev_process

SECONDS = 10
TARGET_MB = 250
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def main() -> None:
    """Print memory and CPU."""
    with dev_process() as (_, pid):
        before = cpu_seconds(pid)
        time.sleep(SECONDS)
        used = (cpu_seconds(pid) - before) / SECONDS
        memory = resident_mb(pid)
    print(f"idle dev: {memory:.0f} MB, {used:.1%} of one CPU")
    print(f"  target < {TARGET_MB} MB: {memory / TARGET_MB:.2f} of it")


if __name__ == "__main__":
    main()
