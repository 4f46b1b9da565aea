"""The batch loop: finds the runs of jobs that were handed over in batches."""

import asyncio

from jobwire.jobs.link_batch import BatchLinker, read_open_batches
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

#: Jobs looked at in one pass.
_JOBS = 2000
#: Seconds until a batch is asked again that had nothing new: after its first look, its
#: second …, and the last one from then on.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class BatchLoop(DutyLoop):
    """Asks batches for their runs, the oldest batch first."""

    name = "batches"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._linker = BatchLinker(
            share.link.connection, share.executor, share.clock, share.settings.rules
        )
        #: Looks in vain at each batch, and the loop's time of the next one.
        self._waiting: dict[str, tuple[int, float]] = {}

    async def do_duty(self) -> float:
        """Ask every batch whose time has come."""
        share, now = self._share, asyncio.get_running_loop().time()
        environment = await share.executor.environment()
        async with share.link.connection() as connection:
            batches = await read_open_batches(
                connection, environment, now=share.clock.now(), limit=_JOBS
            )
        known = self._waiting
        self._waiting = {one.id: known.get(one.id, (0, now)) for one in batches}
        for batch in batches:
            looks, due_at = self._waiting[batch.id]
            if due_at > now:
                continue
            if await self._linker.link(batch):
                looks = 0
                share.changed()
            pause = _PAUSES[min(looks, len(_PAUSES) - 1)]
            self._waiting[batch.id] = (looks + 1, now + pause)
        return share.idle
