"""What the emulator ran, read from its own state."""

import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

_ENDS = {
    "COMPLETED_SUCCESSFULLY": "SUCCEEDED",
    "COMPLETED_WITH_ERRORS": "FAILED",
    "CRASHED": "FAILED",
    "SYSTEM_FAILURE": "FAILED",
    "TIMED_OUT": "FAILED",
    "CANCELED": "CANCELED",
    "EXPIRED": "EXPIRED",
}
_RUNS = "SELECT id, tags, metadata, status, attempt, started_at FROM runs"


@dataclass(frozen=True)
class Run:
    """A run that the emulator made for a job.

    Attributes:
        dispatch: Of which dispatch it says it is.
        end: The status that its job has to end with; None: it still runs.
    """

    id: str
    job: str
    dispatch: int
    end: str | None
    attempts: int
    has_started: bool


def read_runs(file: Path) -> dict[str, list[Run]]:
    """Read all runs by the job that their tags name."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    found: dict[str, list[Run]] = defaultdict(list)
    for id, tags, metadata, status, attempt, started in connection.execute(_RUNS):
        jobs = [tag for tag in json.loads(tags) if tag.startswith("job:")]
        job = jobs[0].removeprefix("job:")
        number = json.loads(metadata)["jobwire"]["dispatch"]
        run = Run(id, job, number, _ENDS.get(status), attempt, started is not None)
        found[job].append(run)
    connection.close()
    return found
