"""The inbox loop: asks Trigger.dev about what was posted."""

import asyncio
from uuid import UUID

from jobwire.jobs.asking import Asker
from jobwire.jobs.at_once import at_once
from jobwire.jobs.inbox import Delivery, read_unhandled
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

_BATCH = 200
_AT_ONCE = 10
#: Seconds until a delivery that has to wait is looked at again: after its first look,
#: after its second …, and the last one from then on.
_PAUSES = (0.2, 0.4, 0.8, 1.5, 3.0, 5.0)


class InboxLoop(DutyLoop):
    """Works on the deliveries that wait, the oldest first."""

    name = "inbox"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._asker = Asker(
            share.link.connection,
            share.executor,
            share.clock,
            registry=share.registry,
            grace=share.settings.hook_grace,
        )
        #: Looks at each waiting delivery, and the loop's time of the next one.
        self._waiting: dict[UUID, tuple[int, float]] = {}

    async def do_duty(self) -> float:
        """Work on everything whose time has come."""
        if self._share.executor.is_paused:
            # No word of a hook may count meanwhile: nobody was asked.
            return self._share.idle
        now = asyncio.get_running_loop().time()
        # Many that have to wait must not hide those that came after them.
        later = {id: one for id, one in self._waiting.items() if one[1] > now}
        async with self._share.link.connection() as connection:
            due = await read_unhandled(connection, limit=_BATCH, skip=later.keys())
        known = self._waiting
        self._waiting = later | {one.id: known.get(one.id, (0, now)) for one in due}
        await at_once(_AT_ONCE, self._handle, due)
        if due:
            self._share.changed()
        if not self._waiting:
            return self._share.idle
        next_due = min(due_at for _, due_at in self._waiting.values())
        return max(next_due - asyncio.get_running_loop().time(), 0.0)

    async def _handle(self, delivery: Delivery) -> None:
        if await self._asker.handle(delivery):
            del self._waiting[delivery.id]
            return
        looks, _ = self._waiting[delivery.id]
        pause = _PAUSES[min(looks, len(_PAUSES) - 1)]
        now = asyncio.get_running_loop().time()
        self._waiting[delivery.id] = (looks + 1, now + pause)
