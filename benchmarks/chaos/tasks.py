"""The tasks of the emulator: an attempt does what its payload says."""

from typing import Any

from jobwire.emulator import Retry, Step, Task, TaskCrash, TaskError


def _seconds(payload: Any, _: int) -> float:
    return float(payload["seconds"])


def _error(payload: Any, attempt: int) -> TaskError | None:
    fails = attempt <= payload["failures"]
    return TaskError("its payload says so", "ToldToFailError") if fails else None


def _crash(payload: Any, _: int) -> TaskCrash | None:
    return TaskCrash() if payload.get("crashes") else None


def _progress(payload: Any, _: int) -> list[Step]:
    half = float(payload["seconds"]) / 2
    return [Step(after=half, fraction=0.5, message="half of it")]


TASKS = (
    Task(
        "chaos-run",
        duration=_seconds,
        progress=_progress,
        output=lambda _, attempt: {"attempt": attempt},
        error=_error,
        crash=_crash,
        retry=Retry(min_seconds=0.2, max_seconds=1.0),
    ),
)
