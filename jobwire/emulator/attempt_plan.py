"""The plan of an attempt: made when it begins, kept, and followed by the clock."""

import json
import traceback
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from math import floor
from typing import Any, Self

from jobwire.emulator.payloads import write_json
from jobwire.emulator.task import Step, Task, TaskCrash, TaskError, Wait, described

#: Whatever is asked for, no run has more.
_MAX_ATTEMPTS = 250
#: A century, which nobody will see the end of.
_LONGEST_MS = 100 * 365 * 24 * 60 * 60 * 1000

#: Times up to this are not waited for but slept through, and charged.
#: Source: `wait.for` of the official SDK 4.8.3; a real server 4.5.12 shows it.
_LONGEST_CHARGED_SECONDS = 5


@dataclass(frozen=True)
class Thrown:
    """What an attempt throws at its end.

    Attributes:
        code: Of an internal error of Trigger.dev; None: it is the task's own.
        final: Whether no further attempt may follow.
    """

    name: str
    message: str
    stack: str
    code: str | None = None
    final: bool = False


@dataclass(frozen=True)
class AttemptPlan:
    """What an attempt will look like from outside.

    Attributes:
        duration_ms: How long it takes, or may take.
        times_out: Whether it takes longer than the run's maximum.
        steps: Until its end.
        output: What it returns unless it throws: JSON.
        max_attempts: How many attempts the run may have.
        retry_after_ms: How long the run pauses when it throws; None: it is the last.
        waits: Until its end. Like the steps, they come after seconds of execution;
            what the attempt waits is in none of these.
        crash: How its process dies at its end.
    """

    duration_ms: int
    times_out: bool
    steps: tuple[Step, ...]
    output: Any
    thrown: Thrown | None
    max_attempts: int
    retry_after_ms: int | None
    waits: tuple[Wait, ...] = ()
    crash: TaskCrash | None = None

    def to_json(self) -> str:
        """Write it for the state."""
        return write_json(asdict(self))

    @classmethod
    # Each step of an attempt reads the plan, and long ones have thousands.
    @lru_cache(maxsize=64)
    def from_json(cls, text: str) -> Self:
        """Read it back."""
        values = json.loads(text)
        values["steps"] = tuple(Step(**step) for step in values["steps"])
        values["waits"] = tuple(Wait(**wait) for wait in values.get("waits", ()))
        crash = values.get("crash")
        values["crash"] = TaskCrash(**crash) if crash else None
        values["thrown"] = Thrown(**values["thrown"]) if values["thrown"] else None
        return cls(**values)


def plan_attempt(
    task: Task,
    payload: Any,
    attempt: int,
    *,
    max_attempts: int | None,
    max_duration: int | None,
) -> AttemptPlan:
    """Ask a task what its attempt will be; what its functions raise, it throws.

    Args:
        task: Whose attempt it is.
        payload: What the task is given: JSON.
        attempt: Its number, from 1.
        max_attempts: What the trigger asked for; None: what the task says.
        max_duration: Seconds; None: as long as it takes.
    """
    allowed = _allowed_attempts(task, max_attempts)
    pause = None
    if task.retry is not None and attempt < allowed:
        pause = int(task.retry.pause_after(attempt) * 1000)
    try:
        asked = _ask(task, payload, attempt)
    # The functions are the user's own code, which may raise and return anything.
    except Exception as raised:  # noqa: BLE001 - see above
        asked = _Asked(0, (), None, _thrown_by_function(raised))
    if asked.thrown is not None and asked.thrown.final:
        pause = None
    limit_ms = _LONGEST_MS if max_duration is None else max_duration * 1000
    duration_ms = min(asked.duration_ms, limit_ms)
    return AttemptPlan(
        duration_ms=duration_ms,
        times_out=asked.duration_ms > limit_ms,
        steps=tuple(step for step in asked.steps if step.after * 1000 < duration_ms),
        output=asked.output,
        thrown=asked.thrown,
        max_attempts=allowed,
        retry_after_ms=pause,
        waits=tuple(wait for wait in asked.waits if wait.after * 1000 < duration_ms),
        crash=asked.crash,
    )


@dataclass(frozen=True)
class _Asked:
    duration_ms: int
    steps: tuple[Step, ...]
    output: Any
    thrown: Thrown | None
    waits: tuple[Wait, ...] = ()
    crash: TaskCrash | None = None


def _ask(task: Task, payload: Any, attempt: int) -> _Asked:
    duration_ms = floor(described(task.duration, payload, attempt) * 1000)
    steps = tuple(described(task.progress, payload, attempt))
    error = described(task.error, payload, attempt)
    thrown = None if error is None else _thrown(task, error)
    output = None if error is not None else described(task.output, payload, attempt)
    crash = described(task.crash, payload, attempt)
    duration_ms, steps, waits = _charged(
        duration_ms, steps, tuple(described(task.waits, payload, attempt))
    )
    # What is no JSON cannot be kept, and a real task could not return it either.
    told = [*map(asdict, steps), *map(asdict, waits)]
    write_json([told, output])
    length = min(max(0, duration_ms), _LONGEST_MS)
    return _Asked(length, steps, output, thrown, waits, crash)


def _charged(
    duration_ms: int, steps: tuple[Step, ...], waits: tuple[Wait, ...]
) -> tuple[int, tuple[Step, ...], tuple[Wait, ...]]:
    """Make short times part of the execution: whatever comes after them is later."""
    long: list[Wait] = []
    added = 0.0
    for wait in waits:
        moved = replace(wait, after=wait.after + added)
        if wait.seconds is None or wait.seconds > _LONGEST_CHARGED_SECONDS:
            long.append(moved)
            continue
        added += wait.seconds
        duration_ms += floor(wait.seconds * 1000)
        steps = tuple(
            replace(step, after=step.after + wait.seconds)
            if step.after > moved.after
            else step
            for step in steps
        )
    return duration_ms, steps, tuple(long)


def _allowed_attempts(task: Task, asked: int | None) -> int:
    if task.retry is None:
        return 1
    allowed = task.retry.max_attempts if asked is None else asked
    return min(max(1, allowed), _MAX_ATTEMPTS)


def _thrown(task: Task, error: TaskError) -> Thrown:
    stack = f"{error.name}: {error.message}\n    at run (file:///tasks/{task.id}.ts)"
    final = error.final or error.code is not None
    return Thrown(error.name, error.message, stack, error.code, final)


def _thrown_by_function(raised: Exception) -> Thrown:
    stack = "".join(traceback.format_exception(raised))
    return Thrown(type(raised).__name__, str(raised), stack)
