"""The journal: what the code of internal jobs did, by its own account.

A file per process, written line by line: it outlives the process and knows nothing of
the database whose word it is compared with.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: The folder, in the environment of workers.
FOLDER = "CHAOS_JOURNAL"
#: The code goes on after a freeze until its worker has seen that its lease is gone.
WAKING = 1_000_000_000


@dataclass(frozen=True)
class Line:
    """One moment of an attempt.

    Attributes:
        what: tick, return or raise.
        at: Nanoseconds since 1970.
    """

    job: str
    attempt: int
    process: int
    what: str
    at: int


@dataclass(frozen=True)
class Freeze:
    """A process stood still; nanoseconds since 1970."""

    process: int
    began: int
    ended: int


class Journal:
    """Writes lines; each one is with the kernel when this returns."""

    def __init__(self) -> None:
        self._file: int | None = None

    def write(self, job: str, attempt: int, what: str) -> None:
        """Write what an attempt does now."""
        if self._file is None:
            path = Path(os.environ[FOLDER]) / f"{os.getpid()}.jsonl"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        line = json.dumps([job, attempt, os.getpid(), what, time.time_ns()])
        os.write(self._file, line.encode() + b"\n")


def read_journal(folder: Path) -> dict[str, list[Line]]:
    """Read all lines by job, oldest first."""
    found: dict[str, list[Line]] = defaultdict(list)
    for path in folder.glob("*.jsonl"):
        for text in path.read_text().splitlines():
            line = Line(*json.loads(text))
            found[line.job].append(line)
    return {
        job: sorted(lines, key=lambda line: line.at) for job, lines in found.items()
    }


def awake(lines: Iterable[Line], freezes: Iterable[Freeze]) -> list[Line]:
    """Leave out what a process wrote just after a freeze.

    It cannot know yet that its lease has run out: nothing in it ran meanwhile.
    """
    waking = [(one.process, one.ended, one.ended + WAKING) for one in freezes]
    return [
        line
        for line in lines
        if not any(
            line.process == process and since <= line.at <= until
            for process, since, until in waking
        )
    ]
