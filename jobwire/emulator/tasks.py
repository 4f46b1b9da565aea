"""The tasks that come with the emulator; a file of your own looks like this one."""

import hashlib
from typing import Any

from jobwire.emulator.task import Queue, Retry, Step, Task, TaskError

_ROWS_PER_SECOND = 1_000
_DEFAULT_SECONDS = 20


def _greeting(payload: Any, _: int) -> dict[str, Any]:
    name = payload.get("name") if isinstance(payload, dict) else None
    return {"message": f"Hello, {name or 'world'}!", "payload": payload}


def _seconds(payload: Any, _: int) -> float:
    asked = payload.get("seconds") if isinstance(payload, dict) else None
    if asked is None:
        return _DEFAULT_SECONDS
    if isinstance(asked, bool) or not isinstance(asked, int | float) or asked < 0:
        raise ValueError(f"seconds must be a number from 0, not {asked!r}")
    return asked


def _rows(payload: Any, attempt: int) -> int:
    return int(_seconds(payload, attempt) * _ROWS_PER_SECOND)


def _rows_so_far(payload: Any, attempt: int) -> list[Step]:
    seconds, rows = _seconds(payload, attempt), _rows(payload, attempt)
    steps = []
    for passed in range(1, int(seconds) + 1):
        if passed < seconds:
            done = passed * _ROWS_PER_SECOND
            steps += [
                Step(
                    after=passed,
                    fraction=passed / seconds,
                    message=f"{done} of {rows} rows",
                ),
                Step(after=passed, log=f"Step {passed} is done", fields={"rows": done}),
            ]
    return steps


def _counted(payload: Any, attempt: int) -> dict[str, int]:
    return {"rows": _rows(payload, attempt)}


def _report(payload: Any, _: int) -> dict[str, Any]:
    day = payload.get("timestamp") if isinstance(payload, dict) else None
    seed = hashlib.sha256(str(day).encode()).digest()
    orders = 100 + seed[0]
    return {
        "title": f"Daily report of {day}" if day else "Daily report",
        "orders": orders,
        "revenue": orders * (20 + seed[1] % 30),
    }


#: Beside those of the tasks: one that jobs may name.
QUEUES = (Queue("one-at-a-time", concurrency_limit=1),)

TASKS = (
    Task("my-task", duration=0.5, output=_greeting),
    Task(
        "process-large-dataset",
        duration=_seconds,
        progress=_rows_so_far,
        output=_counted,
    ),
    Task(
        "daily-report-generation",
        is_scheduled=True,
        duration=3.0,
        progress=[
            Step(after=1.0, fraction=1 / 3, message="collecting orders"),
            Step(after=2.0, fraction=2 / 3, message="writing the report"),
        ],
        output=_report,
    ),
    Task(
        "always-fails",
        duration=0.5,
        error=lambda _, attempt: TaskError(f"This task always fails (try {attempt})"),
        retry=Retry(max_attempts=3, min_seconds=1.0, factor=2.0),
    ),
)
