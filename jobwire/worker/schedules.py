"""The schedules loop: what Trigger.dev fires by itself follows us, and is followed."""

import asyncio
from datetime import timedelta
from uuid import UUID

from jobwire.jobs.cron.adopt import RunAdopter, read_passed, seek_from
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.sync import LOOK_AGAIN, Syncer
from jobwire.models.vocabulary import SignalSource
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

_BATCH = 20
#: How long after a tick its run is looked for: first, then once more …; at last it is
#: left to reconciliation. Lists lag, and a run may be spread over a minute.
_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 35, 70, 120))


class ScheduleLoop(DutyLoop):
    """Tells Trigger.dev of job schedules that it is to fire, and adopts their runs."""

    name = "schedules"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        borrow, executor = share.link.connection, share.executor
        self._adopter = RunAdopter(borrow, executor, share.clock, share.registry)
        self._syncer = Syncer(borrow, executor, share.clock, self._adopter)
        #: How often the run of a tick was looked for.
        self._looks: dict[UUID, int] = {}
        self._next_sweep = 0.0

    async def do_duty(self) -> float:
        """Tell what is to be told, and look for the runs of ticks that have passed."""
        if self._share.executor.is_paused:
            return self._share.idle
        await self._sweep()
        due = await self._syncer.read_due(_BATCH)
        for schedule in due:
            await self._syncer.sync(schedule)
        if not self._share.executor.has_budget:
            return self._share.idle
        environment = await self._share.executor.environment()
        async with self._share.link.connection() as connection:
            passed = await read_passed(
                connection,
                environment,
                before=self._share.clock.now() - _LOOKS[0],
            )
        self._looks = {
            one.id: self._looks[one.id] for one in passed if one.id in self._looks
        }
        for schedule in passed:
            await self._look(schedule)
        return 0 if len(due) == _BATCH else self._share.idle

    async def _sweep(self) -> None:
        """Take away what a trial has left whose process died, if it is time to."""
        time = asyncio.get_running_loop().time()
        if time >= self._next_sweep:
            await self._share.executor.schedules.end_trial()
            self._next_sweep = time + LOOK_AGAIN.total_seconds()

    async def _look(self, schedule: JobSchedule) -> None:
        """Look for the runs of a schedule, if it is time for another look."""
        tick, now = schedule.next_tick_at, self._share.clock.now()
        looks = self._looks.get(schedule.id, 0)
        if tick is None or now - tick < _LOOKS[min(looks, len(_LOOKS) - 1)]:
            return
        found = await self._adopter.look(
            schedule, since=tick, source=SignalSource.RECONCILER
        )
        if found.adopted:
            self._share.changed()
        self._looks[schedule.id] = looks + 1
        if not found.is_whole:
            return
        last_at = found.last_at
        if last_at is None and now - tick >= _LOOKS[-1]:
            # Nothing fired: Trigger.dev makes up for no tick that it has missed.
            last_at = now - _LOOKS[-1]
        if last_at is not None:
            async with self._share.link.connection() as connection:
                await seek_from(
                    connection, schedule, at=schedule.tick_after(max(last_at, tick))
                )
