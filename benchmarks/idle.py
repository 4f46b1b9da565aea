"""What `jobwire dev` costs when nothing happens: memory beside PostgreSQL, and CPU."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="jobwire-bench-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobwire", "dev", "--port", str(port)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").close()
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
            before = cpu_seconds(process.pid)
            time.sleep(SECONDS)
            used = (cpu_seconds(process.pid) - before) / SECONDS
            memory = resident_mb(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    print(f"idle dev: {memory:.0f} MB, {used:.1%} of one CPU")
    print(f"  target < {TARGET_MB} MB: {memory / TARGET_MB:.2f} of it")


if __name__ == "__main__":
    main()
