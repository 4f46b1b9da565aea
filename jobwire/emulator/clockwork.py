"""What the engine moves beside runs when the clock says so."""

from typing import Protocol


class Clockwork(Protocol):
    """Things with due times of their own; instants in milliseconds since 1970."""

    @property
    def is_busy(self) -> bool:
        """Whether something that was due is still on its way."""
        ...

    def next_due(self) -> int | None:
        """Return when the next thing is due; None: there is none."""
        ...

    def take_due(self, now: int) -> bool:
        """Do, or begin, one thing that is due; return whether there was one."""
        ...

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        ...

    async def close(self) -> None:
        """Drop what is on its way."""
        ...
