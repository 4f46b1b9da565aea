"""Live polls: requests that wait until there is something to tell."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from jobwire.emulator.bell import Bell
from jobwire.emulator.clock import Now, Sleep

#: How long the real server holds a poll.
LONGEST_POLL = timedelta(seconds=20)

_Found = TypeVar("_Found")


class TooManyPollsError(Exception):
    """As many polls wait as may."""


class LivePolls:
    """The polls that wait.

    Args:
        bell: Rings when there may be something, and when the clock was moved.
        now: The time.
        sleep: Waits for seconds of it.
        most: How many may wait at once.
    """

    def __init__(self, bell: Bell, *, now: Now, sleep: Sleep, most: int) -> None:
        self.waiting = 0
        self._bell = bell
        self._now = now
        self._sleep = sleep
        self._most = most
        self._cursor = 0

    def next_cursor(self) -> str:
        """Return what makes the next poll another URL, so that no cache answers it."""
        self._cursor += 1
        return str(self._cursor)

    async def wait(
        self,
        look: Callable[[], _Found | None],
        gone: Callable[[], Coroutine[Any, Any, None]],
    ) -> _Found | None:
        """Look whenever something happened; None: nothing was found in 20 s.

        Args:
            look: Returns what was found, or None.
            gone: Waits until the caller has left, for whom nothing is looked up then.

        Raises:
            TooManyPollsError: There is no place for it.
        """
        if self.waiting >= self._most:
            raise TooManyPollsError
        self.waiting += 1
        left = asyncio.create_task(gone())
        until = self._now() + LONGEST_POLL
        slept = asyncio.ensure_future(self._sleep(LONGEST_POLL.total_seconds()))
        try:
            while not left.done():
                found = look()
                if found is not None or self._now() >= until or slept.done():
                    return found
                heard = asyncio.ensure_future(self._bell.heard())
                waits: set[asyncio.Future[Any]] = {heard, slept, left}
                try:
                    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    heard.cancel()
            return None
        finally:
            self.waiting -= 1
            slept.cancel()
            left.cancel()
