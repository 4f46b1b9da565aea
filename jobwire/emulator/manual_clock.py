"""A clock that a test moves, and that otherwise goes like any other."""

import asyncio
from datetime import datetime, timedelta

from jobwire.emulator.clock import Now, system_now


class ManualClock:
    """Tells a time that can be moved on, frozen and released.

    It never goes back. Who sleeps by it wakes when it is moved, frozen or released;
    `Emulator.advance` moves it so that everything on the way has its own instant.

    Args:
        at: The instant that it stands at, aware, until it is moved or released; None:
            it runs from the beginning.
        follows: What it runs with.
    """

    def __init__(
        self, at: datetime | None = None, *, follows: Now = system_now
    ) -> None:
        self._follows = follows
        self._stands_at = at
        self._ahead = timedelta()
        self._changed = asyncio.Event()

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still until it is moved."""
        return self._stands_at is not None

    def now(self) -> datetime:
        """Return its time, aware."""
        return self._stands_at or self._follows() + self._ahead

    def advance(self, span: timedelta | float) -> datetime:
        """Jump on by a span, or by a number of seconds; return the new time.

        Raises:
            ValueError: The span is negative.
        """
        if not isinstance(span, timedelta):
            span = timedelta(seconds=span)
        if span < timedelta():
            raise ValueError("A clock cannot go back.")
        if self._stands_at is None:
            self._ahead += span
        else:
            self._stands_at += span
        self._tell()
        return self.now()

    def freeze(self) -> None:
        """Stand still from now on."""
        self._stands_at = self.now()
        self._tell()

    def release(self) -> None:
        """Run on from where it stands."""
        if self._stands_at is not None:
            self._ahead = self._stands_at - self._follows()
            self._stands_at = None
            self._tell()

    async def sleep(self, seconds: float) -> None:
        """Wait for seconds of its time; while it is frozen, only moving it counts."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            changed = self._changed
            try:
                async with asyncio.timeout(None if self.is_frozen else left):
                    await changed.wait()
            except TimeoutError:
                continue

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
