"""The moments at which the lifecycle hooks of a task project would run.

Whoever opens an emulator gives it a sender, which tells Jobwire what hooks would.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

HookKind = Literal["START_ATTEMPT", "PROGRESS", "SUCCESS", "FAILURE", "CANCEL"]


@dataclass(frozen=True)
class HookError:
    """What the attempt threw, as a hook sees it."""

    name: str
    message: str
    stack: str


@dataclass(frozen=True)
class HookProgress:
    """How far the attempt is: a fraction from 0 to 1, and a sentence."""

    fraction: float | None
    message: str | None


@dataclass(frozen=True)
class HookLine:
    """A line that the attempt logs: DEBUG, INFO, WARN or ERROR, a sentence, JSON."""

    level: str
    message: str
    fields: dict[str, Any] | None


@dataclass(frozen=True)
class HookMoment:
    """What a hook knows when it runs.

    It runs before the server has recorded what it tells, and never again: not after a
    death of the process either.

    Attributes:
        attempt: The number of the attempt, from 1.
        run_started_at: When the first attempt began.
        metadata: The run's metadata at this moment; None: it has none.
        payload: What the task was given: JSON.
        max_attempts: How many attempts the run may have.
        output: JSON; of SUCCESS alone.
        error: Of FAILURE alone, which comes after the last attempt only.
        progress: Of PROGRESS alone.
        line: Of PROGRESS alone.
    """

    kind: HookKind
    run_id: str
    task_identifier: str
    attempt: int
    attempt_started_at: datetime
    run_started_at: datetime
    created_at: datetime
    tags: tuple[str, ...]
    metadata: dict[str, Any] | None
    payload: Any
    max_attempts: int
    occurred_at: datetime
    output: Any = None
    error: HookError | None = None
    progress: HookProgress | None = None
    line: HookLine | None = None


class HookSender(Protocol):
    """Sends moments to whoever wants to know of them."""

    async def send(self, moment: HookMoment) -> None:
        """Send one; it is cancelled when it takes longer than 5 s, and may raise."""
        ...
