"""Tasks: what the emulator runs in place of TypeScript."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, TypeVar

from jobwire.emulator.errors import TaskDefinitionError
from jobwire.triggerdev.cron import CronError, read_cron

#: Codes of a process that has died.
#: Source: `internal-packages/run-engine/src/engine/errors.ts` and
#: `packages/core/src/v3/schemas/common.ts` of triggerdotdev/trigger.dev.
CRASHES = frozenset(
    {
        "DISK_SPACE_EXCEEDED",
        "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
        "TASK_PROCESS_MAYBE_OOM_KILLED",
        "TASK_PROCESS_OOM_KILLED",
        "TASK_PROCESS_SIGSEGV",
        "TASK_RUN_CRASHED",
    }
)
#: Those of them that say that it had no memory left.
OUT_OF_MEMORY = frozenset({"TASK_PROCESS_MAYBE_OOM_KILLED", "TASK_PROCESS_OOM_KILLED"})
#: Codes of a platform that has failed.
PLATFORM_FAILURES = frozenset(
    {
        "INTERNAL_ERROR",
        "TASK_PROCESS_SIGTERM",
        "TASK_RUN_HEARTBEAT_TIMEOUT",
        "UNSPECIFIED_ERROR",
    }
)

#: The levels of a line that a task logs.
LOG_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")

_Value = TypeVar("_Value")
#: A value, or a function that makes it from the payload (JSON) and the number of the
#: attempt (from 1).
Described: TypeAlias = Callable[[Any, int], _Value] | _Value


class Attempt(int):
    """The number of an attempt, from 1, which also knows whose it is.

    Attributes:
        run_id: Of the run.
    """

    run_id: str

    # A copy is made of the number alone, and given the rest.
    def __new__(cls, number: int, run_id: str = "") -> Self:
        """Number an attempt of a run."""
        made = super().__new__(cls, number)
        made.run_id = run_id
        return made


@dataclass(frozen=True)
class Retry:
    """How often and how soon an attempt that failed is followed by another one.

    Attributes:
        max_attempts: The first one counts.
        min_seconds: The pause after the first failure.
        factor: By how much the pause grows from one failure to the next.
        max_seconds: The longest pause.
    """

    max_attempts: int = 3
    min_seconds: float = 1.0
    factor: float = 2.0
    max_seconds: float = 10.0

    def pause_after(self, attempt: int) -> float:
        """Return the pause after an attempt (from 1), in seconds."""
        try:
            grown = self.min_seconds * self.factor ** (attempt - 1)
        except OverflowError:
            return self.max_seconds
        return min(self.max_seconds, grown)


@dataclass(frozen=True)
class Queue:
    """A queue of its own, beside those that every task has.

    Attributes:
        name: As triggers call it.
        concurrency_limit: How many of its runs may execute at once, or how many of
            each concurrency key; None: as many as the environment lets.

    Raises:
        TaskDefinitionError: It has no name, or a limit below 0.
    """

    name: str
    concurrency_limit: int | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise TaskDefinitionError(self.name, "the name of a queue is empty")
        if self.concurrency_limit is not None and self.concurrency_limit < 0:
            raise TaskDefinitionError(self.name, "the limit of a queue is negative")


@dataclass(frozen=True)
class Step:
    """A moment of an attempt at which the task tells how far it is, or logs a line.

    Attributes:
        after: Seconds since the attempt began.
        fraction: From 0 to 1; None if it cannot be told.
        metadata: What it sets in the run's metadata by itself: JSON.
        log: The message of a line, as `log` of `trigger/jobwire.ts` takes it.
        level: The line's level: DEBUG, INFO, WARN or ERROR.
        fields: The line's fields: JSON.

    Raises:
        TaskDefinitionError: There is no such level.
    """

    after: float
    fraction: float | None = None
    message: str | None = None
    metadata: Mapping[str, Any] | None = None
    log: str | None = None
    level: str = "INFO"
    fields: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.level not in LOG_LEVELS:
            why = f"the level of a line is one of {', '.join(LOG_LEVELS)}"
            raise TaskDefinitionError(self.level, why)

    @property
    def tells(self) -> bool:
        """Whether it tells how far the task is, and does not only set metadata."""
        return self.fraction is not None or self.message is not None


@dataclass(frozen=True)
class Wait:
    """A moment of an attempt at which it waits: for a time, a token, or a child.

    While it waits the run shows WAITING and holds no place in its queue, and what the
    attempt is charged stands still. As in a real task, a time of up to 5 s is none of
    these: the attempt just executes for so much longer.

    Attributes:
        after: Seconds that the attempt has executed before, without its long waits.
        seconds: How long it waits.
        token: Instead, the id of a waitpoint token: until this is over. One that is
            missing, or over, holds up nothing.
        child: Instead, a task that the attempt triggers, until that run has ended.
        payload: JSON for the child.

    Raises:
        TaskDefinitionError: It is not for exactly one thing, or a time is negative.
    """

    after: float
    seconds: float | None = None
    token: str | None = None
    child: str | None = None
    payload: Any = None

    def __post_init__(self) -> None:
        things = (self.seconds, self.token, self.child)
        if sum(thing is not None for thing in things) != 1:
            why = "a wait is for either seconds, a token or a child"
            raise TaskDefinitionError(f"{self.after} s", why)
        if self.after < 0 or (self.seconds or 0) < 0:
            raise TaskDefinitionError(f"{self.after} s", "a wait has a negative time")


@dataclass(frozen=True)
class TaskCrash:
    """The end of an attempt at which its process dies, and no hook is told.

    The run ends with it, without another attempt: as SYSTEM_FAILURE when the platform
    is to blame, else as CRASHED.

    Attributes:
        code: Of Trigger.dev, such as `TASK_PROCESS_OOM_KILLED` or, of the platform,
            `TASK_RUN_HEARTBEAT_TIMEOUT`.
        message: None: what Trigger.dev says of the code.
    """

    code: str = "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE"
    message: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CRASHES | PLATFORM_FAILURES:
            raise TaskDefinitionError(self.code, "it is no code of a crash")


@dataclass(frozen=True)
class TaskError:
    """What a task throws, or what Trigger.dev throws for it.

    Attributes:
        code: Of an internal error, which is never retried and shows nothing else, such
            as `TASK_INPUT_ERROR` when the payload does not fit the task's schema.
        final: Whether the attempt is the last, as after an `AbortTaskRunError`.
    """

    message: str
    name: str = "Error"
    code: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Task:
    """A task, told by what its attempts look like from outside.

    What is `Described` is a value, or a function of the payload and the number of the
    attempt. What such a function raises, the task throws.

    Attributes:
        id: What it is triggered by.
        duration: Seconds that an attempt takes.
        progress: What it tells on its way, in the order of time.
        output: What a successful attempt returns: JSON.
        error: What an attempt throws at its end; None: it succeeds.
        is_scheduled: Whether schedules can trigger it.
        cron: When its own schedule triggers it, in UTC; then it is scheduled.
        waits: When it waits, in the order of time; none of this is in the duration,
            but times of up to 5 s, which make it longer.
        crash: How its process dies at its end; None: it lives.
        retry: None: an attempt that failed is the last, whatever the trigger asks.
        queue: The queue that its runs go to; None: its own, `task/<id>`.
        concurrency_limit: Of that queue; None: as many as the environment lets.

    Raises:
        TaskDefinitionError: It cannot be such a task.
    """

    id: str
    duration: Described[float] = 1.0
    progress: Described[Sequence[Step]] = ()
    output: Described[Any] = None
    error: Described[TaskError | None] = None
    retry: Retry | None = Retry()
    is_scheduled: bool = False
    cron: str | None = None
    waits: Described[Sequence[Wait]] = ()
    crash: Described[TaskCrash | None] = None
    queue: str | None = None
    concurrency_limit: int | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise TaskDefinitionError(self.id, "its id is empty")
        if not callable(self.duration) and self.duration < 0:
            raise TaskDefinitionError(self.id, "its duration is negative")
        if self.cron is not None:
            try:
                read_cron(self.cron)
            except CronError as error:
                told = f"its cron {self.cron!r} is none ({error})"
                raise TaskDefinitionError(self.id, told) from error
            object.__setattr__(self, "is_scheduled", True)
        if self.retry is not None and self.retry.max_attempts < 1:
            raise TaskDefinitionError(self.id, "its retry has less than one attempt")
        if self.concurrency_limit is not None and self.concurrency_limit < 0:
            raise TaskDefinitionError(self.id, "its concurrency limit is negative")


def described(value: Described[_Value], payload: Any, attempt: int) -> _Value:
    """Return what a member is for one attempt."""
    if callable(value):
        made: _Value = value(payload, attempt)
        return made
    return value
