"""Progress: how far a command is, on one line of a terminal or now and then on one."""

import sys
import time
from types import TracebackType
from typing import Self

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
        self._is_terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._say(f"{self._what}: done in {time.monotonic() - self._began:,.0f} s")
        if self._is_terminal:
            print(file=sys.stderr)

    def tell(self, done: int) -> None:
        """Say how many are done, if it is time to."""
        now = time.monotonic()
        if now < self._told + _PAUSE and done < self._total:
            return
        self._told = now
        rate = done / max(now - self._began, 1e-9)
        self._say(f"{self._what}: {done:,} of {self._total:,}, {rate:,.0f}/s")

    def _say(self, text: str) -> None:
        if self._is_terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
