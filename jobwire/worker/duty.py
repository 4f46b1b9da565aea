"""Loops of which one process at a time does the work."""

import asyncio
from abc import abstractmethod

from jobwire.jobs import duties
from jobwire.triggerdev import TriggerDevError
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare


class DutyLoop(Loop):
    """Does its work while it holds the duty of its name.

    The others look whether the duty is free; who holds it lays it down when it ends in
    order, and is believed dead when it has not renewed it for a span.
    """

    def __init__(self, share: TriggerShare) -> None:
        super().__init__()
        self._share = share
        self._patience = share.backoff()
        self._holding = asyncio.Lock()

    @abstractmethod
    async def do_duty(self) -> float:
        """Do one pass.

        Returns:
            Seconds until the next one, unless somebody wakes the loop before.

        Raises:
            TriggerDevError: The environment cannot be asked; tried again, with a
                growing pause.
        """

    async def run_once(self) -> float:
        """Take or renew the duty, and do one pass if it is ours."""
        renewal = self._share.settings.duty.total_seconds() / 2
        if not await self._hold():
            return renewal
        try:
            pause = await self.do_duty()
        except TriggerDevError:
            # It is in the health of the executor, and in the log.
            pause = self._patience.failed()
        else:
            self._patience.succeeded()
        return min(pause, renewal)

    async def lay_down(self) -> None:
        """Stop, and let another process take over at once."""
        self.stop()
        share = self._share
        async with self._holding, share.link.connection() as connection:
            await duties.lay_down(
                connection, self.name, holder=share.holder, now=share.clock.now()
            )

    async def _hold(self) -> bool:
        share = self._share
        async with self._holding, share.link.connection() as connection:
            if self._stopping:
                return False
            term = await duties.take(
                connection,
                self.name,
                holder=share.holder,
                span=share.settings.duty,
                now=share.clock.now(),
            )
        return term is not None
