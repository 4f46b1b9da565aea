"""Progress: how far a command is, as a bar in a terminal or a line now and then."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

#: Between two lines, in seconds.
_PAUSE = 1.0


class Progress:
    """Tells stderr how many of a number are done; a context manager.

    Args:
        what: What is being done, such as `removing`.
        total: How many there are.
    """

    def __init__(self, what: str, *, total: int) -> None:
        self._what = what
        self._total = total
        self._began = self._told = time.monotonic()
        self._bar = _bar() if sys.stderr.isatty() else None
        self._task = (
            None if self._bar is None else self._bar.add_task(what, total=total)
        )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if error is None:
            took = time.monotonic() - self._began
            self._say(f"{self._what}: done in {took:,.0f} s")

    def tell(self, done: int) -> None:
        """Say how many are done, if it is time to."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)
            return
        now = time.monotonic()
        if now >= self._told + _PAUSE or done == self._total:
            self._told = now
            rate = done / max(now - self._began, 1e-9)
            self._say(f"{self._what}: {done:,} of {self._total:,}, {rate:,.0f}/s")

    def note(self, what: str) -> None:
        """Say what is done from now on, of which nobody knows how far it is."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=what, total=None)
        else:
            self._say(what)

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def _bar() -> "Bar":
    # Whoever writes to a file needs no bar, and should not wait for it.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import (  # noqa: PLC0415 - see above
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see above

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
