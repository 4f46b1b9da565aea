"""Tasks: what the emulator runs in place of TypeScript."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from jobwire.emulator.errors import TaskDefinitionError

_Value = TypeVar("_Value")
#: A value, or a function that makes it from the payload (JSON) and the number of the
#: attempt (from 1).
Described: TypeAlias = Callable[[Any, int], _Value] | _Value


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
class Step:
    """A moment of an attempt at which the task tells how far it is.

    Attributes:
        after: Seconds since the attempt began.
        fraction: From 0 to 1; None if it cannot be told.
    """

    after: float
    fraction: float | None = None
    message: str | None = None


@dataclass(frozen=True)
class TaskError:
    """What a task throws."""

    message: str
    name: str = "Error"


@dataclass(frozen=True)
class Task:
    """A task, told by what its attempts look like from outside.

    Every member but `id` and `retry` is a value or a function of the payload and the
    number of the attempt. What such a function raises, the task throws.

    Attributes:
        id: What it is triggered by.
        duration: Seconds that an attempt takes.
        progress: What it tells on its way, in the order of time.
        output: What a successful attempt returns: JSON.
        error: What an attempt throws at its end; None: it succeeds.
        retry: None: an attempt that failed is the last, whatever the trigger asks.

    Raises:
        TaskDefinitionError: It cannot be such a task.
    """

    id: str
    duration: Described[float] = 1.0
    progress: Described[Sequence[Step]] = ()
    output: Described[Any] = None
    error: Described[TaskError | None] = None
    retry: Retry | None = Retry()

    def __post_init__(self) -> None:
        if not self.id:
            raise TaskDefinitionError(self.id, "its id is empty")
        if not callable(self.duration) and self.duration < 0:
            raise TaskDefinitionError(self.id, "its duration is negative")
        if self.retry is not None and self.retry.max_attempts < 1:
            raise TaskDefinitionError(self.id, "its retry has less than one attempt")


def described(value: Described[_Value], payload: Any, attempt: int) -> _Value:
    """Return what a member is for one attempt."""
    if callable(value):
        made: _Value = value(payload, attempt)
        return made
    return value
