"""What a scenario is: a thing that a process does, and how its jobs have to end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.flows.actor import Actor
from tests.jobs.rig import Rig

#: What the actor is told, as JSON.
Facts = dict[str, Any]
Prepare = Callable[[Rig], Awaitable[Facts]]
Act = Callable[[Actor, Facts], Awaitable[None]]
#: A status and a kind of failure.
End = tuple[str, str | None]

REJECTED: End = ("FAILED", "DISPATCH_REJECTED")
FAILED: End = ("FAILED", "TASK_ERROR")
SUCCEEDED: End = ("SUCCEEDED", None)
CANCELED: End = ("CANCELED", None)


@dataclass(frozen=True)
class Scenario:
    """One thing that a process does.

    Attributes:
        prepare: Makes the jobs, and what is known of them, in the test.
        act: What the process does.
        end: How the jobs end.
        runs: How many runs each has at the other side then.
        heals: Whether faults end with the process.
        jobs: How many there are then; None: it does not matter.
        or_else: How some of them may end instead.
    """

    prepare: Prepare
    act: Act
    end: End
    runs: int = 1
    heals: bool = True
    jobs: int | None = None
    or_else: End | None = None
