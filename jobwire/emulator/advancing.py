"""Moving a clock so that everything on the way happens at its own instant."""

from datetime import datetime, timedelta
from typing import Protocol


class Movable(Protocol):
    """A clock that can be moved on."""

    def now(self) -> datetime:
        """Return its time."""
        ...

    def advance(self, span: timedelta) -> object:
        """Move it on by a span."""
        ...


class Stepping(Protocol):
    """What goes by a clock, step by step."""

    def next_due(self) -> datetime | None:
        """Return when its next step is due, which may be in the past."""
        ...

    async def settle(self) -> None:
        """Take all steps that are due."""
        ...


async def advance(steps: Stepping, clock: Movable, seconds: float) -> None:
    """Move a clock on from one due step to the next, for so many seconds in all."""
    until = clock.now() + timedelta(seconds=seconds)
    await steps.settle()
    while (due := steps.next_due()) is not None and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
        await steps.settle()
    clock.advance(max(until - clock.now(), timedelta()))
    await steps.settle()
