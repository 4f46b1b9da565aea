"""The checks besides the tests: `./dev check [NAME …]`."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.locks import faults_of_locks
from tools.steps import ROOT, say

_BIN = Path(sys.executable).parent
_PYTEST = [sys.executable, "-m", "pytest", "-q"]
# Ruff passes over a file without an ending unless it is named.
_SOURCES = [".", "dev"]


@dataclass(frozen=True)
class Check:
    """Something that has to be so before a change is merged.

    Attributes:
        run: Returns what is wrong, empty if nothing is.
    """

    name: str
    run: Callable[[], str]


def program(*command: str | Path) -> Callable[[], str]:
    """A check by a program, which says what is wrong by its exit status."""

    def run() -> str:
        ended = subprocess.run(  # noqa: S603  (commands are written below)
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode == 0:
            return ""
        return f"{ended.stdout}\n(exit status {ended.returncode})"

    return run


def oldest_postgresql() -> str:
    """A check of the SQL on the oldest PostgreSQL that Debian has installed here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        say("NO POSTGRESQL OF DEBIAN HERE: ONLY THE EMBEDDED ONE WAS TESTED ", end="")
        return ""
    suites = ("tests/jobs", "tests/models", "tests/migrations")
    bin_dir = found[0].parent
    return program(*_PYTEST, "-n", "2", "--postgres-bin", bin_dir, *suites)()


CHECKS = [
    Check("format", program(_BIN / "ruff", "format", "--check", *_SOURCES)),
    Check("lint", program(_BIN / "ruff", "check", *_SOURCES)),
    Check("types", program(_BIN / "mypy", "-p", "jobwire", "-p", "tools")),
    Check("imports", program(_BIN / "lint-imports", "--no-cache")),
    Check("schema", program(sys.executable, "-m", "jobwire", "schema", "--check")),
    Check(
        "commands",
        program(sys.executable, "-m", "jobwire.app.command_reference", "--check"),
    ),
    Check("migrations", program(*_PYTEST, "tests/migrations")),
    Check("debian-sql", oldest_postgresql),
    Check("locks", lambda: "\n".join(faults_of_locks())),
    Check("docs", program(sys.executable, "-m", "tools.documentation", "--check")),
    Check("readme", program(sys.executable, "tests/readme/run_blocks.py")),
    Check("wheel", program(*_PYTEST, "tests/wheel")),
]


def main(names: Sequence[str]) -> int:
    """Runs the checks named, or all; returns the exit status."""
    known = {check.name: check for check in CHECKS}
    if unknown := [name for name in names if name not in known]:
        say(f"There is no check {unknown[0]!r}; there are: {', '.join(known)}.")
        return 2
    results = [_carry_out(known[name]) for name in names or known]
    failed = [name for name, passed in results if not passed]
    verdict = f"failed: {', '.join(failed)}" if failed else "all passed"
    say(f"{len(results)} check{'s' * (len(results) != 1)}: {verdict}")
    return 1 if failed else 0


def _carry_out(check: Check) -> tuple[str, bool]:
    say(f"{check.name:<12}", end="")
    start = time.monotonic()
    fault = check.run()
    say(f"{'failed' if fault else 'ok':<7}{time.monotonic() - start:6.1f} s")
    if fault:
        say("\n".join(f"  {line}" for line in fault.rstrip().splitlines()))
    return check.name, not fault


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
