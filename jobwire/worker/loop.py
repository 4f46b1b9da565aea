"""The shape of every loop of the worker."""

import asyncio
import logging
import math
from abc import ABC, abstractmethod
from typing import ClassVar

from jobwire.worker.link import CONTENDED, is_away

#: Seconds to wait after the first failure; doubled with each further one.
FIRST_BACKOFF = 0.1
#: Seconds to wait at most.
LAST_BACKOFF = 2.0
#: What `run_once` returns when only a wake-up should cause the next pass.
UNTIL_WOKEN = math.inf

_log = logging.getLogger(__name__)


class Loop(ABC):
    """Does one pass after the other, whatever happens, until it is told to stop.

    Belongs to the control loop; every method must be called there.
    """

    #: What the loop is called in logs.
    name: ClassVar[str]

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._stopping = False
        self._failures = 0

    @abstractmethod
    async def run_once(self) -> float:
        """Do one pass.

        Returns:
            Seconds until the next one, unless somebody wakes the loop before.
        """

    def wake(self) -> None:
        """Cause a pass as soon as possible."""
        self._woken.set()

    def stop(self) -> None:
        """Have `run` return after the current pass."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Do passes until `stop`.

        A failed pass is tried again, with a growing pause. That the database is away
        is logged by the link, once; anything else here, with its traceback.
        """
        while not self._stopping:
            self._woken.clear()
            try:
                pause = await self.run_once()
            # The last resort of a loop that has to go on: nothing is swallowed
            # silently, and the next pass finds the rows as they are.
            except Exception as error:  # noqa: BLE001 - see above
                if not is_away(error) and not isinstance(error, CONTENDED):
                    _log.exception(
                        "the loop %r failed and goes on",
                        self.name,
                        extra={"action": "loop-failed"},
                    )
                # Not cut short by a wake-up, or a busy doorbell would hammer a
                # database that is starting up.
                await asyncio.sleep(self._backoff())
            else:
                self._failures = 0
                await self._rest(pause)

    def _backoff(self) -> float:
        self._failures += 1
        return min(FIRST_BACKOFF * 2.0 ** min(self._failures - 1, 10), LAST_BACKOFF)

    async def _rest(self, pause: float) -> None:
        if pause <= 0 or self._woken.is_set():
            # Even a loop that always has work lets the others have their turn.
            await asyncio.sleep(0)
            return
        alarm = None
        if pause < UNTIL_WOKEN:
            alarm = asyncio.get_running_loop().call_later(pause, self.wake)
        try:
            await self._woken.wait()
        finally:
            if alarm is not None:
                alarm.cancel()
