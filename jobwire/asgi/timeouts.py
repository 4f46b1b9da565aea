"""Timeouts of what mostly ends at once, and until then costs next to nothing.

A timer of the event loop is dearer than many a request is long. Here what begins is
only noted, and one timer for all looks at what has not ended after a moment.
"""

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

#: How long something may take before it is looked at, in seconds.
MOMENT = 0.5


class Lasting(ABC):
    """A block that does something of its own when it takes longer than a moment.

    It may be canceled then, for a reason that is raised at its end.
    """

    _task: "asyncio.Task[object]"
    _cancelling: int
    _begun: "_Begun"
    _reason: Exception | None = None

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        begun = _last if _last is not None and _last.loop is loop else _begin_in(loop)
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - coroutines run in tasks
        self._task, self._begun = task, begun
        self._cancelling = task.cancelling()
        begun.until[self] = loop.time() + MOMENT
        if not begun.is_looking:
            begun.look_later()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._begun.until.pop(self, None) is None:
            self.ends()
        if (
            self._reason is not None
            and self._task.uncancel() <= self._cancelling
            and isinstance(error, asyncio.CancelledError)
        ):
            raise self._reason from error

    @abstractmethod
    def lasts(self) -> None:
        """Be told that the moment is over; once, and only within the block."""

    @abstractmethod
    def ends(self) -> None:
        """End what was begun when the moment was over; only if it was."""

    def cancel(self, reason: Exception) -> None:
        """Cancel what is done inside, once; the first reason counts."""
        if self._reason is None:
            self._reason = reason
            self._task.cancel()


class Timeout(Lasting):
    """Cancels what is done inside when it takes too long; `asyncio.timeout`, cheaper.

    Args:
        seconds: How long it may take.

    Raises:
        TimeoutError: At the end of the block: it took longer.
    """

    _timer: asyncio.TimerHandle

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> Self:
        super().__enter__()
        if self._seconds < MOMENT:
            del self._begun.until[self]
            self._set(self._seconds)
        return self

    def lasts(self) -> None:
        """Set a timer for the rest of the time."""
        self._set(self._seconds - MOMENT)

    def ends(self) -> None:
        """Forget the timer."""
        self._timer.cancel()

    def _set(self, seconds: float) -> None:
        self._timer = self._begun.loop.call_later(seconds, self.cancel, TimeoutError())


class _Begun:
    """What has begun in one event loop, the oldest first.

    Attributes:
        loop: The loop.
        until: When the moment of each is over that was told of nothing yet.
        is_looking: Whether it will be looked at them by itself.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.until: dict[Lasting, float] = {}
        self.is_looking = False

    def look_later(self) -> None:
        self.is_looking = True
        self.loop.call_later(MOMENT, self._look)

    def _look(self) -> None:
        now = self.loop.time()
        while self.until:
            lasting, until = next(iter(self.until.items()))
            if until > now:
                self.loop.call_later(until - now, self._look)
                return
            del self.until[lasting]
            lasting.lasts()
        self.is_looking = False


_last: _Begun | None = None


def _begin_in(loop: asyncio.AbstractEventLoop) -> _Begun:
    # Another thread may run a loop of its own; what began in either goes on there.
    global _last  # noqa: PLW0603 - a process mostly has one loop, which is found at once
    _last = _Begun(loop)
    return _last
